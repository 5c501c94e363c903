import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { repositoryFiles, root } from './repository-files.ts'

/** A first start is under a second; a machine that is busy with other tests gets patience. */
const DEADLINE_MS = 30_000

const folder = mkdtempSync(join(tmpdir(), 'ringback-readme-'))
const running = new Set<ChildProcess>()
afterAll(async () => {
  await stopAll()
  rmSync(folder, { recursive: true })
})

/** The fenced blocks of one language, as they are in README.md. */
function blocks(language: string): string[] {
  const fenced = readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^```(\w+)\n(.*?)^```$/gms)
  return [...fenced].filter((block) => block[1] === language).map((block) => block[2] ?? '')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A copy of the repository as it is in the working tree, with the installed packages linked in. */
function copyRepository(): void {
  for (const file of repositoryFiles()) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    copyFileSync(join(root, file), join(folder, file))
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
}

copyRepository()
const [apiPort, receiverPort] = [await freePort(), await freePort()]
const environmentFile = join(folder, 'environment.sh')
writeFileSync(environmentFile, `export RINGBACK_PORT=${apiPort}\n`)

/**
 * Three things differ from what README says, because tests share a machine: the ports, and `npm ci`, which is checked
 * against the lock file without installing again (`.ci/run` does it for real).
 */
function adapt(text: string): string {
  return text
    .replaceAll(':4400', `:${apiPort}`)
    .replaceAll(/\b3000\b/g, String(receiverPort))
    .replaceAll('npm ci', 'npm ci --dry-run --silent')
}

/** Runs commands as the next ones in the same terminal: what they export is there for those that follow. */
function shell(commands: string): ChildProcess & { output: () => string } {
  const script = `set -euo pipefail\nsource ${environmentFile}\ntrap 'export -p > ${environmentFile}' EXIT\n${commands}`
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('RINGBACK_')))
  const child = spawn('bash', ['-c', script], { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      child.emit('text')
    })
  }
  running.add(child)
  child.on('close', () => running.delete(child))
  return Object.assign(child, { output: () => text })
}

async function run(commands: string): Promise<string> {
  const child = shell(commands)
  const [code] = await once(child, 'close')
  expect(code, child.output()).toBe(0)
  return child.output()
}

/** Starts commands of which the last one stays; gives its output once it has printed the text. */
async function startUntil(commands: string, expected: string) {
  // The trap would write the environment only at the end; what follows needs it now.
  const lines = commands.trimEnd().split('\n')
  if (lines.length > 1) await run(lines.slice(0, -1).join('\n'))
  const child = shell(lines.at(-1) ?? '')
  await waitFor(child, expected)
  return child
}

function waitFor(child: ReturnType<typeof shell>, expected: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => child.output().includes(expected) && finish(resolve)
    const fail = (why: string) => finish(() => reject(new Error(`${why}, no "${expected}" in:\n${child.output()}`)))
    const timer = setTimeout(() => fail('too late'), DEADLINE_MS)
    const ended = () => fail('it ended')
    const finish = (then: () => void) => {
      clearTimeout(timer)
      child.off('text', look).off('close', ended)
      then()
    }
    child.on('text', look).on('close', ended)
    look()
  })
}

/** Stops the whole group: npm, its shell, and the server. */
async function stop(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close')
  process.kill(-(child.pid as number), 'SIGTERM')
  await closed
}

async function stopAll(): Promise<void> {
  for (const child of running) await stop(child)
}

describe('README.md', { timeout: 4 * DEADLINE_MS }, () => {
  const [
    quickStart = '',
    startForReceiver = '',
    startReceiver = '',
    setWebhook = '',
    dispatch = '',
    list = '',
    cli = '',
  ] = blocks('sh').map(adapt)

  test('has the commands that this test runs, and no others', () => {
    expect(blocks('sh')).toHaveLength(7)
    expect(blocks('js')).toHaveLength(1)
  })

  test('the first command starts a server, and the line that it prints dispatches a job', async () => {
    const server = await startUntil(quickStart, '"started"')
    const printed = /^curl .*?'$(?=\n\n)/ms.exec(server.output())?.[0] ?? ''
    expect(printed).toContain('Authorization: Bearer rb_')
    expect(JSON.parse(await run(printed))).toEqual({
      status_url: expect.stringMatching(`^http://localhost:${apiPort}/api/v1/content/detect_phones/job/status/`),
      job_id: expect.any(String),
    })
    await stop(server)
  })

  test('the steps by hand lead to a webhook that the receiver of README accepts', async () => {
    writeFileSync(join(folder, 'receiver.mjs'), adapt(blocks('js')[0] ?? ''))
    const server = await startUntil(startForReceiver, '"started"')
    const receiver = await startReceiverOf(startReceiver)
    expect(JSON.parse(await run(setWebhook))).toMatchObject({ enabled: true, include_result: true })

    const { job_id: jobId } = JSON.parse(await run(dispatch)) as { job_id: string }
    await waitFor(receiver, 'job finished:')
    expect(receiver.output()).toContain(jobId)
    expect(receiver.output()).toContain('+442079460958')

    // The attempt is recorded after the receiver has answered: asked again until it is.
    const delivered = `until answer=$(${list.trim()}) && grep -q '"delivered"' <<< "$answer"; do sleep 0.05; done`
    expect(await run(`timeout 10 bash -c ${quote(`${delivered}; echo "$answer"`)}`)).toContain(jobId)
    await stop(receiver)
    await stop(server)
  })

  test('the commands of the command line work', async () => {
    const output = await run(cli)
    expect(output).toContain('Usage: ringback')
    expect(output).toContain('Nothing is wrong.')
    expect(output).toMatch(/RINGBACK_API_KEY|first key/)
  })
})

/** The receiver prints nothing when it is ready; its port tells. */
async function startReceiverOf(commands: string): Promise<ReturnType<typeof shell>> {
  const ready = `until (echo > /dev/tcp/127.0.0.1/${receiverPort}) 2> /dev/null; do sleep 0.05; done`
  const child = await startUntil(commands, '')
  await run(`timeout 10 bash -c ${quote(ready)}`)
  return child
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
