import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { reachableBinaries, type ServerUser, serverUser } from './postgres-binaries.ts'

/** A real PostgreSQL server that belongs to this process. */
export interface PostgresCluster {
  /** Connection URL of the superuser on the database `postgres`. */
  readonly adminUrl: string
  /** Stops the server, waits for its end and removes its files. Calling it again does nothing. */
  stop(): Promise<void>
}

export interface PostgresClusterOptions {
  /** Whether commits reach the disk: on for measurements, off for tests, where nobody pulls the plug. */
  readonly durable: boolean
}

/** Between our look for a free port and the server's bind somebody else can take it. */
const START_ATTEMPTS_MAX = 3

/** Enough for 20 stores that open at once in one file while other files run. */
const CONNECTIONS_MAX = 300

/**
 * Runs the server and ends it, with its files, when its own standard input closes. That happens when we close it, and
 * also when this process is killed in any way, so no server is ever left behind. The shell leads a session of its own:
 * Ctrl-C in the terminal reaches us, and the server only after us.
 */
const GUARD = `
  exec 3<&0
  "$PG_BIN/postgres" -D "$PG_FOLDER/data" </dev/null 3<&- &
  server=$!
  (while read -r line <&3; do :; done; kill -INT $server) 2>/dev/null &
  watch=$!
  wait $server
  kill $watch 2>/dev/null
  rm -rf "$PG_FOLDER"
`

/**
 * Starts a new, empty PostgreSQL server on a free port of 127.0.0.1, from the binaries that npm brought.
 * @throws Error that says why it cannot run here, for people
 */
export async function startPostgresCluster(options: PostgresClusterOptions): Promise<PostgresCluster> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options)
    } catch (error) {
      if (attempt === START_ATTEMPTS_MAX || !String(error).includes('in use')) throw error
    }
  }
}

async function startOnce({ durable }: PostgresClusterOptions): Promise<PostgresCluster> {
  const user = serverUser()
  const folder = await mkdtemp(join(tmpdir(), 'ringback-postgres-'))
  try {
    if (user.uid !== undefined) await chown(folder, user.uid, user.gid)
    const binaries = join(await reachableBinaries(user, folder), 'bin')
    const password = randomBytes(12).toString('hex')
    const port = await findFreePort()
    await initialise(binaries, folder, user, password, {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: '',
      max_connections: String(CONNECTIONS_MAX),
      ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    })
    const stop = await runGuarded(binaries, folder, user)
    return { adminUrl: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, stop }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** A real password, so that other users of the machine stay out and tests can look for it in texts. */
async function initialise(
  binaries: string,
  folder: string,
  user: ServerUser,
  password: string,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (user.uid !== undefined) await chown(passwordFile, user.uid, user.gid)
  // A language's collation, as production databases have: what sorts ids must not depend on it.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en']
  await promisify(execFile)(
    join(binaries, 'initdb'),
    [
      ...['--pgdata', join(folder, 'data'), '--username=postgres', '--auth=password', '--no-sync', '--no-instructions'],
      `--pwfile=${passwordFile}`,
      ...locale,
      ...Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ],
    { ...user, cwd: folder },
  )
  await rm(passwordFile)
}

async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('the system gave no port')
  return address.port
}

/** Resolves when the server accepts connections, with the function that stops it. */
async function runGuarded(binaries: string, folder: string, user: ServerUser): Promise<() => Promise<void>> {
  const guard = spawn('/bin/sh', ['-c', GUARD], {
    ...user,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { PATH: '/usr/bin:/bin', PG_BIN: binaries, PG_FOLDER: folder },
  })
  let log = ''
  await new Promise<void>((resolve, reject) => {
    guard.once('error', reject)
    guard.once('close', () => reject(new Error(`PostgreSQL did not start: ${log.trim()}`)))
    guard.stderr.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-4_000)
      if (log.includes('ready to accept connections')) resolve()
    })
  })
  // From here on only the guard watches; a caller that forgets to stop must be able to end all the same.
  const closed = new Promise<void>((resolve) => guard.once('close', () => resolve()))
  guard.unref()
  for (const stream of [guard.stdin, guard.stderr]) (stream as unknown as { unref(): void }).unref()
  return () => {
    guard.ref()
    guard.stdin.end()
    return closed
  }
}
