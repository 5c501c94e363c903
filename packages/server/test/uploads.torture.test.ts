import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore } from '../src/app/open-store.ts'
import { parseConfig } from '../src/config/parse-config.ts'
import { systemClock } from '../src/lib/clock.ts'
import { silentLog } from '../src/lib/log.ts'
import { FORM_TYPE, formEnd, headOf } from './harness/multipart.ts'
import { callApi, describeEngines, freePort, TEST_API_KEY } from './harness/ringback.ts'
import { killAllPrograms, type ServerProcess, startServer } from './harness/server-process.ts'
import { until } from './harness/until.ts'
import { useEngineDatabase } from './harness/use-database.ts'

const RESUME = '/api/v1/hr/parse_resume'
const MIB = 1024 * 1024

/** Uploads at once, and their size: one of them in memory would show. */
const UPLOADS = 5
const UPLOAD_BYTES = 80 * MIB

/**
 * Sent first. What uploads cost whatever their size is no part of the question: the page cache of SQLite (32 MB), chunks
 * on their way and garbage that is not collected yet. Measured: 165 MiB with SQLite, 80 with PostgreSQL, the same for
 * uploads of 20, 80 and 160 MiB.
 */
const WARM_UP_BYTES = 20 * MIB

const GROWTH_BYTES_MAX = 100 * MIB

const PIECE = Buffer.alloc(64 * 1024, 'resume ')

/** A form with a text file of so many bytes, made while it is sent. */
async function* longForm(bytes: number): AsyncGenerator<Buffer> {
  yield headOf({ name: 'file', body: '', fileName: 'cv.txt' })
  for (let sent = 0; sent < bytes; sent += PIECE.length) yield PIECE
  yield formEnd()
}

function upload(origin: string, body: AsyncIterable<Buffer>, signal?: AbortSignal): Promise<Response> {
  return fetch(new URL(RESUME, origin), {
    method: 'POST',
    headers: { authorization: `Bearer ${TEST_API_KEY}`, 'content-type': FORM_TYPE },
    body: ReadableStream.from(body),
    duplex: 'half',
    ...(signal && { signal }),
  })
}

/** Resident memory of a process at its highest, in bytes. */
function memoryPeakOf(pid: number): number {
  const kib = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) * 1024
}

describeEngines('large uploads', (createDatabase) => {
  const database = useEngineDatabase(createDatabase)
  let server: ServerProcess
  let env: Record<string, string>

  beforeEach(async () => {
    // Nobody runs the jobs: what is measured and looked at is the upload.
    env = {
      ...database.env,
      RINGBACK_PORT: String(await freePort()),
      RINGBACK_API_KEY: TEST_API_KEY,
      RINGBACK_ROLES: 'api',
      RINGBACK_LOG_LEVEL: 'error',
    }
    server = startServer(env)
  })
  afterEach(killAllPrograms)

  const openDatabase = () => openStore(parseConfig(env), { clock: systemClock, log: silentLog })

  test.runIf(process.platform === 'linux')(
    `${UPLOADS} of ${UPLOAD_BYTES / MIB} MiB at once go to disk, and the memory of the process stays flat`,
    async () => {
      const origin = await server.ready()
      const uploadAll = (bytes: number) =>
        Promise.all(Array.from({ length: UPLOADS }, () => upload(origin, longForm(bytes))))
      await uploadAll(WARM_UP_BYTES)
      const before = memoryPeakOf(server.pid)
      const answers = await uploadAll(UPLOAD_BYTES)
      expect(answers.map(({ status }) => status)).toEqual(Array(UPLOADS).fill(202))
      const growth = memoryPeakOf(server.pid) - before
      process.stdout.write(`${database.engine}: ${Math.round(growth / MIB)} MiB more at the peak\n`)
      expect(growth).toBeLessThan(GROWTH_BYTES_MAX)

      const store = await openDatabase()
      const [account] = await store.listAccounts()
      for (const answer of answers) {
        const { job_id: jobId } = (await answer.json()) as { job_id: string }
        const input = JSON.parse((await store.findJob(account?.id ?? '', jobId))?.input ?? '')
        expect(input.file.size).toBe(UPLOAD_BYTES)
      }
      await store.close()
    },
  )

  test('a server that is killed in the middle of one shows nothing of it, and the next one deletes it', async () => {
    const origin = await server.ready()
    const store = await openDatabase()
    const documents = () => store.listDueDocuments({ now: Number.MAX_SAFE_INTEGER, limit: 10 })
    const answered = upload(origin, longForm(500 * MIB)).then(
      () => 'answered',
      () => 'broken',
    )
    const [document] = await until('the upload is under way', async () => {
      const found = await documents()
      return found.length > 0 ? found : null
    })
    await server.kill()
    expect(await answered).toBe('broken')
    expect(await documents()).toMatchObject([{ hasJob: false }])

    // An hour later, for the row.
    await store.keepDocument(document?.id ?? '', 0)
    const next = startServer({ ...env, RINGBACK_ROLES: 'api,runner', RINGBACK_LOG_LEVEL: 'info' })
    const { data } = (await callApi(await next.ready(), TEST_API_KEY, 'GET', '/api/v1/deliveries')).json
    expect(data).toEqual([])
    await until('what was left is deleted', async () => (await documents()).length === 0 || null)
    await store.close()
  })
})
