import type { ServerResponse } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { beforeEach, expect, test } from 'vitest'
import { createLog } from '../src/lib/log.ts'
import { BUSY_MS_MAX, queryDatabase } from './harness/query-database.ts'
import { headerOf } from './harness/receiver.ts'
import { describeEngines, type EngineDatabase } from './harness/ringback.ts'
import { talkTo } from './harness/talk.ts'
import { until } from './harness/until.ts'
import { useReceiver } from './harness/use-receivers.ts'
import { useRingback } from './harness/use-ringback.ts'

/*
 * The record of attempts is refused or slow, while the receivers are well: nothing is lost or sent twice unseen (B17 of the
 * acceptance list), and nobody waits for it (E8). What refuses is the database itself.
 */

const SECRET = 'a secret of these tests'

/** Longer than any pause between two tries to write a record. */
const NEXT_TRY_MS = 10_000

/** Refuses the record of every attempt that arrived at an address of this path. */
const REFUSE = {
  sqlite: [
    `create trigger refuse before insert on attempts when new.url like '%/refused' and new.cause is null
     begin select raise(abort, 'no record today'); end`,
  ],
  postgres: [
    `create function refuse() returns trigger language plpgsql as
     $$ begin raise 'no record today'; end $$`,
    `create trigger refuse before insert on attempts for each row
     when (new.url like '%/refused' and new.cause is null) execute function refuse()`,
  ],
} as const

const ACCEPT = { sqlite: 'drop trigger refuse', postgres: 'drop trigger refuse on attempts' } as const

describeEngines('a record of attempts that cannot be written', (createDatabase) => {
  const logLines: string[] = []
  const ringback = useRingback(createDatabase, { log: createLog('info', { write: (line) => logLines.push(line) }) })
  const receiver = useReceiver()
  const talk = talkTo(() => ringback)

  beforeEach(async () => {
    logLines.length = 0
    const { database } = ringback
    await talk.addWebhook({ name: 'refused', url: `${receiver.url}/refused`, secret: SECRET })
    for (const sql of REFUSE[database.engine]) await queryDatabase(database, sql)
  })

  const accept = () => queryDatabase(ringback.database, ACCEPT[ringback.database.engine])

  const requestsTo = (path: string) => receiver.requests.filter((request) => request.path === `/hook${path}`)

  /** The log has said so often of a delivery that its attempt could not be recorded. */
  const said = (deliveryId: string, times: number) =>
    until(`the log has said it ${times} times`, () => {
      const lines = logLines.filter((line) => line.includes('could not be recorded') && line.includes(deliveryId))
      return lines.length >= times ? lines : null
    })

  test('holds up nobody; it is written when it can be, and what was sent is not sent again meanwhile', async () => {
    await talk.addWebhook({ name: 'good', url: receiver.url, secret: SECRET })
    const jobIds = await talk.dispatchMany(12)
    await talk.deliveriesAre('webhook=good&status=delivered', jobIds.length)
    await until('all were sent', () => (requestsTo('/refused').length === jobIds.length ? true : null))
    const unrecorded = await talk.deliveriesAre('webhook=refused&status=sending', jobIds.length)
    for (const { id } of unrecorded) {
      const [line] = await said(id, 1)
      expect(JSON.parse(line ?? '')).toMatchObject({ level: 'error', deliveryId: id })
      expect(line).toContain('no record today')
      expect(await talk.delivery(id)).toMatchObject({ attempt_count: 0, attempts: [] })
    }

    // Much later than every retry and every lease, it was tried once more, and others are still sent.
    ringback.clock.move(3_600_000)
    for (const { id } of unrecorded) await said(id, 2)
    expect((await talk.call('POST', '/webhooks/good/test')).json.outcome).toBe('delivered')
    expect(requestsTo('/refused')).toHaveLength(jobIds.length)

    await accept()
    ringback.clock.move(NEXT_TRY_MS)
    await talk.deliveriesAre('webhook=refused&status=delivered', jobIds.length)
    for (const { id } of unrecorded) {
      expect((await talk.delivery(id)).attempts).toMatchObject([{ number: 1, cause: null, response: { status: 200 } }])
    }
    expect(new Set(requestsTo('/refused').map((request) => headerOf(request, 'webhook-id'))).size).toBe(jobIds.length)
    expect(requestsTo('/refused')).toHaveLength(jobIds.length)
  })

  test('until the server stops: the attempt is on record as interrupted, and it is sent again as the same delivery', async () => {
    const jobId = await talk.dispatch()
    const { id } = await talk.deliveryOf(jobId, 'status=sending')
    await said(id, 1)
    const { clock } = ringback
    const stopping = ringback.stop()
    let isStopped = false
    void stopping.then(() => {
      isStopped = true
    })
    await until('it has given up', () => {
      clock.move(1_000)
      return isStopped ? true : null
    })

    await accept()
    await ringback.start({ clock })
    const delivered = await talk.deliveryOf(jobId, 'status=delivered')
    expect(delivered.attempts.map(({ number, cause }) => [number, cause])).toEqual([
      [1, 'interrupted'],
      [2, null],
    ])
    expect(requestsTo('/refused').map((request) => headerOf(request, 'webhook-id'))).toEqual([id, id])
    expect(requestsTo('/refused').map(({ body }) => body.toString())).toEqual([delivered.body, delivered.body])
  })

  test('because somebody has locked it is written when it is free, once, and what can be sent is sent meanwhile', async () => {
    await accept()
    const held: ServerResponse[] = []
    receiver.answerWith((_request, response) => held.push(response))
    const jobIds = await talk.dispatchMany(12)
    await receiver.request(jobIds.length)
    const unlock = await lock(ringback.database)
    receiver.answerWith((_request, response) => response.end())
    for (const response of held) response.end()
    // SQLite has one lock for all, which a dispatch needs too.
    if (ringback.database.engine === 'postgres') {
      jobIds.push(...(await talk.dispatchMany(12)))
      await receiver.request(jobIds.length)
    }
    await unlock()
    for (const { id } of await talk.deliveriesAre('status=delivered', jobIds.length)) {
      expect((await talk.delivery(id)).attempts).toMatchObject([{ number: 1, cause: null }])
    }
    expect(receiver.requests).toHaveLength(jobIds.length)
  })
})

/** Keeps others from writing attempts; gives the way to end that. */
async function lock({ engine, env }: EngineDatabase): Promise<() => Promise<void>> {
  const url = env.RINGBACK_DATABASE_URL ?? ''
  if (engine === 'sqlite') {
    const connection = new DatabaseSync(url.slice('file:'.length), { timeout: BUSY_MS_MAX })
    connection.exec('begin immediate')
    return async () => {
      connection.exec('commit')
      connection.close()
    }
  }
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('begin; lock table attempts in access exclusive mode')
  return async () => {
    await client.query('commit')
    await client.end()
  }
}
