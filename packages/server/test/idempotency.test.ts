import { afterEach, beforeEach, expect, test } from 'vitest'
import { callApi, describeEngines, type Ringback, startRingback } from './harness/ringback.ts'
import { until } from './harness/until.ts'
import { useEngineDatabase } from './harness/use-database.ts'

const URL = '/api/v1/content/detect_emails'

describeEngines('the Idempotency-Key of two servers on one database', (createDatabase) => {
  const database = useEngineDatabase(createDatabase)
  let servers: [Ringback, Ringback]

  beforeEach(async () => {
    servers = [await startRingback(database), await startRingback(database)]
  })
  afterEach(async () => {
    for (const server of servers) await server.stop()
  })

  const dispatch = (index: number, key: string, content = 'hello') => {
    const server = servers[index % 2] as Ringback
    return callApi(server.app.origin, server.key, 'POST', URL, { content }, { 'Idempotency-Key': key })
  }
  const jobs = async () => (await servers[0].call('GET', '/api/v1/jobs?limit=100')).json.data

  test('fifty requests with one key at once, to both, make one job and get its id', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => dispatch(index, 'one key')))
    const [job, ...more] = await jobs()
    expect(more).toEqual([])
    for (const answer of answers) {
      expect(answer.status).toBe(202)
      expect(answer.json.job_id).toBe(job.id)
    }
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1)
  })

  test('fifty requests with one key and two bodies at once: one body wins, the other is refused', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => dispatch(index, 'one key', `body ${index % 4 < 2}`)),
    )
    const accepted = answers.filter(({ status }) => status === 202)
    const refused = answers.filter(({ json }) => json.code === 'request.idempotency_key_reused')
    expect([accepted.length, refused.length].sort()).toEqual([24, 26])
    expect(new Set(accepted.map(({ json }) => json.job_id)).size).toBe(1)
    expect(await jobs()).toHaveLength(1)
  })

  test('what one server accepted, the other replays, also after a restart', async () => {
    const first = await dispatch(0, 'k')
    const other = await dispatch(1, 'k')
    expect(other.json.job_id).toBe(first.json.job_id)
    await servers[1].stop()
    servers[1] = await startRingback(database)
    expect((await dispatch(1, 'k')).json.job_id).toBe(first.json.job_id)
  })

  test('a key is remembered for a day at least, and is free some time after', async () => {
    const first = await dispatch(0, 'k')
    servers[0].clock.move(24 * 3_600_000 - 60_000)
    expect((await dispatch(0, 'k')).json.job_id).toBe(first.json.job_id)
    await until('the key is forgotten', async () => {
      // Old keys are looked for an hour after the end of the last look.
      servers[0].clock.move(3_600_000)
      return (await dispatch(0, 'k')).json.job_id === first.json.job_id ? null : true
    })
  })
})
