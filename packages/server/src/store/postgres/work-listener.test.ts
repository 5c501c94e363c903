import { Client } from 'pg'
import { expect, test } from 'vitest'
import { describePostgres } from '../../../test/harness/describe-postgres.ts'
import { useDatabase } from '../../../test/harness/use-database.ts'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { newId } from '../../lib/ids.ts'
import { heardWork } from '../conformance/heard-work.ts'
import { WORK_KINDS, type WorkKind } from '../store.ts'
import { WORK_CHANNEL } from './notify.ts'
import { openPostgresStore } from './postgres.ts'
import { WorkListener } from './work-listener.ts'

/** A clock whose timers are started by hand: gives the delay of the next one that is set. */
function manualTimers() {
  let started: (delayMs: number) => void
  let next = new Promise<number>((resolve) => (started = resolve))
  let fire = () => {}
  const clock: Clock = {
    ...systemClock,
    after(delayMs, callback) {
      fire = callback
      started(delayMs)
      return () => {}
    },
  }
  return {
    clock,
    async nextDelayMs() {
      const delayMs = await next
      next = new Promise((resolve) => (started = resolve))
      return delayMs
    },
    fire: () => fire(),
  }
}

describePostgres('the work listener', (adminUrl) => {
  const url = useDatabase(adminUrl)

  async function query(sql: string): Promise<void> {
    const client = new Client({ connectionString: url() })
    await client.connect()
    await client.query(sql)
    await client.end()
  }

  test('work that one process writes is heard by another', async () => {
    const [writer, hearer] = [
      await openPostgresStore({ url: url(), clock: systemClock }),
      await openPostgresStore({ url: url(), clock: systemClock }),
    ]
    const heard = heardWork(hearer, 'jobs')
    const account = { id: newId(), name: 'default', webhookId: newId(), createdAt: 0 }
    await writer.ensureAccount(account)
    const job = { type: 'content_translate', input: '{}', jobWebhookUrl: null, createdAt: 0, leasedBy: null }
    await writer.insertJob({ id: newId(), accountId: account.id, ...job })
    await heard
    await Promise.all([writer.close(), hearer.close()])
  })

  test('a listener that lost its connection tries again, later each time, and says that work may be due', async () => {
    const timers = manualTimers()
    const kinds: WorkKind[] = []
    let heardBoth = () => {}
    const lost: number[] = []
    const listener = new WorkListener({
      url: url(),
      clock: timers.clock,
      onWork(kind) {
        kinds.push(kind)
        if (kind === 'deliveries') heardBoth()
      },
      onLost: (_, retryDelayMs) => lost.push(retryDelayMs),
    })
    await listener.start()
    expect(kinds).toEqual([...WORK_KINDS])

    const database = new URL(url()).pathname.slice(1)
    await query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = '${database}' and query = 'listen ${WORK_CHANNEL}'`)
    expect(await timers.nextDelayMs()).toBe(100)
    expect(lost).toEqual([100])

    const both = new Promise<void>((resolve) => (heardBoth = resolve))
    timers.fire()
    await both
    expect(kinds).toEqual([...WORK_KINDS, ...WORK_KINDS])

    const told = new Promise<void>((resolve) => (heardBoth = resolve))
    await query(`notify ${WORK_CHANNEL}, 'deliveries'`)
    await told
    await listener.close()
  })

  test('while the server is away the delays double up to ten seconds', async () => {
    const timers = manualTimers()
    const nowhere = 'postgres://me@127.0.0.1:1/nowhere'
    const listener = new WorkListener({ url: nowhere, clock: timers.clock, onWork: () => {}, onLost: () => {} })
    await listener.start()
    const delaysMs: number[] = []
    for (let failure = 0; failure < 9; failure++) {
      delaysMs.push(await timers.nextDelayMs())
      timers.fire()
    }
    expect(delaysMs).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000])
    await listener.close()
  })
})
