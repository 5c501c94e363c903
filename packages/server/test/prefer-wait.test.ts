import { afterEach, expect, test } from 'vitest'
import { describePostgres } from './harness/describe-postgres.ts'
import {
  type CallAnswer,
  createPostgresDatabase,
  describeEngines,
  type Ringback,
  startRingback,
} from './harness/ringback.ts'
import { until } from './harness/until.ts'
import { useEngineDatabase } from './harness/use-database.ts'

const URL = '/api/v1/content/detect_emails'
const BODY = { content: 'write to ann@example.com' }

describeEngines('Prefer: wait', (createDatabase) => {
  const database = useEngineDatabase(createDatabase)
  let ringback: Ringback
  afterEach(() => ringback.stop())

  const dispatch = (prefer: string) => ringback.call('POST', URL, BODY, { Prefer: prefer })
  /** A server that accepts jobs and runs none. */
  const startWithoutRunner = () => startRingback(database, { env: { RINGBACK_ROLES: 'api' } })
  const jobIsThere = () =>
    until('the job is there', async () => (await ringback.call('GET', '/api/v1/jobs')).json.data[0] ?? null)

  test('the result of a job that ends in time is in the answer, in the form of its status', async () => {
    ringback = await startRingback(database)
    const answer = await dispatch('wait=20')
    expect(answer.status).toBe(200)
    expect(answer.json.data.attributes).toEqual({
      status: 'success',
      type: 'content_detect_emails',
      result: ['ann@example.com'],
    })
    expect(answer.headers.get('preference-applied')).toBe('wait=20')
    const { text } = await ringback.call('GET', `${URL}/job/status/${answer.json.data.id}`)
    expect(answer.text).toBe(text)
  })

  test('a job that does not end in time is answered 202, and can be looked at', async () => {
    ringback = await startWithoutRunner()
    let answer: CallAnswer | null = null
    void dispatch('wait=30').then((answered) => {
      answer = answered
    })
    await jobIsThere()
    // Again until it is answered: the job can be seen before the wait for its end has begun.
    const answered = await until('the wait is over', () => {
      ringback.clock.move(30_000)
      return answer
    })
    expect(answered.status).toBe(202)
    expect((await ringback.call('GET', new globalThis.URL(answered.json.status_url).pathname)).status).toBe(200)
  })

  test('a graceful stop answers 202 to those who wait', async () => {
    ringback = await startWithoutRunner()
    const answering = dispatch('wait=60')
    await jobIsThere()
    await ringback.stop()
    expect((await answering).status).toBe(202)
    ringback = await startRingback(database)
  })
})

describePostgres('Prefer: wait, when another process runs the job', (_, server) => {
  const database = useEngineDatabase(() => createPostgresDatabase(server))

  test('the one that waits learns of its end', async () => {
    const accepting = await startRingback(database, { env: { RINGBACK_ROLES: 'api' } })
    const running = await startRingback(database, { env: { RINGBACK_ROLES: 'runner' } })
    const answer = await accepting.call('POST', URL, BODY, { Prefer: 'wait=20' })
    expect(answer.status).toBe(200)
    expect(answer.json.data.attributes.result).toEqual(['ann@example.com'])
    await accepting.stop()
    await running.stop()
  })
})
