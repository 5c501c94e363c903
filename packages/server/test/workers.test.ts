import { beforeEach, expect, test } from 'vitest'
import { describeEngines, startRingback } from './harness/ringback.ts'
import { until } from './harness/until.ts'
import { useReceiver } from './harness/use-receivers.ts'
import { useRingback } from './harness/use-ringback.ts'

const WORKFLOW = {
  slug: 'scan',
  name: 'Scan',
  run_by: 'worker',
  parameters: [{ key: 'page', type: 'json_number', required: true }],
  output_schema: { text: 'string' },
}

describeEngines('jobs that a worker runs', (createDatabase) => {
  const ringback = useRingback(createDatabase)
  const receiver = useReceiver()

  beforeEach(async () => {
    const webhook = { enabled: true, url: receiver.url, secret: 'a secret of tests', include_result: true }
    expect((await ringback.call('PATCH', '/api/v1/webhooks/default', webhook)).status).toBe(200)
    expect((await ringback.call('POST', '/api/v1/workflows', WORKFLOW)).status).toBe(201)
  })

  async function dispatch(page = 1): Promise<string> {
    const { status, json, text } = await ringback.call('POST', '/api/v1/custom/scan', { page })
    expect(status, text).toBe(202)
    return json.job_id
  }

  async function lease(change: object = {}) {
    const { status, json, text } = await ringback.call('POST', '/api/v1/worker/lease', {
      types: ['custom_scan'],
      ...change,
    })
    expect(status, text).toBe(200)
    return json
  }

  const say = (jobId: string, what: string, body: object) =>
    ringback.call('POST', `/api/v1/worker/jobs/${jobId}/${what}`, body)

  const told = async (count: number) => JSON.parse((await receiver.request(count)).body.toString())

  test('are told by webhook when the worker has completed them, and were never run by the server', async () => {
    const id = await dispatch(7)
    const { lease_id, jobs } = await lease()
    expect(jobs).toMatchObject([{ id, parameters: { page: 7 }, attempt: 1 }])
    expect((await say(id, 'complete', { lease_id, result: { text: 'page 7' } })).status).toBe(200)
    expect(await told(1)).toEqual({ id, status: 'success', type: 'custom_scan', result: { text: 'page 7' } })
    expect(receiver.requests).toHaveLength(1)
  })

  test('are told when the worker has failed', async () => {
    const id = await dispatch()
    const { lease_id } = await lease()
    await say(id, 'fail', { lease_id, code: 'blank', message: 'Nothing is on it.' })
    const error = { code: 'worker.blank', message: 'Nothing is on it.' }
    expect(await told(1)).toEqual({ id, status: 'failed', type: 'custom_scan', error, result: null })
  })

  test('a worker that waits gets a job as soon as it is there', async () => {
    const waiting = lease({ wait_seconds: 30 })
    await lease()
    const id = await dispatch()
    expect((await waiting).jobs).toMatchObject([{ id }])
  })

  test('a worker that waits gets a job that was given back when its time has come', async () => {
    const id = await dispatch()
    const { lease_id } = await lease()
    const { json } = await say(id, 'fail', { lease_id, message: 'Not now.', retry: true })
    expect(json.status).toBe('pending')
    const waiting = lease({ wait_seconds: 30 })
    ringback.clock.move(10_000)
    expect((await waiting).jobs).toMatchObject([{ id, attempt: 2 }])
  })

  test('a lease without heartbeat ends: the job is leased again, and the late result is refused and not written', async () => {
    const id = await dispatch()
    const late = await lease({ lease_seconds: 30 })
    ringback.clock.move(29_000)
    expect((await lease()).jobs).toEqual([])
    const waiting = lease({ wait_seconds: 30 })
    ringback.clock.move(10_000)
    const next = await waiting
    expect(next.jobs).toMatchObject([{ id, attempt: 2 }])

    const refused = await say(id, 'complete', { lease_id: late.lease_id, result: { text: 'late' } })
    expect(refused).toMatchObject({ status: 409, json: { code: 'job.lease_lost' } })
    const beat = await say(id, 'heartbeat', { lease_id: late.lease_id })
    expect(beat).toMatchObject({ status: 409, json: { code: 'job.lease_lost' } })
    expect((await say(id, 'complete', { lease_id: next.lease_id, result: { text: 'in time' } })).status).toBe(200)
    expect(await told(1)).toMatchObject({ id, result: { text: 'in time' } })
    expect(receiver.requests).toHaveLength(1)
  })

  test('a lease with heartbeats goes on', async () => {
    const id = await dispatch()
    const { lease_id } = await lease({ lease_seconds: 30 })
    for (let count = 0; count < 4; count++) {
      ringback.clock.move(20_000)
      expect((await say(id, 'heartbeat', { lease_id, lease_seconds: 30 })).status).toBe(200)
    }
    expect((await say(id, 'complete', { lease_id, result: { text: 'slow' } })).status).toBe(200)
  })

  test('a job that a worker has is cancelled at once: the heartbeat says so, and a late result is refused', async () => {
    const id = await dispatch()
    const { lease_id } = await lease()
    expect((await ringback.call('POST', `/api/v1/jobs/${id}/cancel`)).json).toMatchObject({ id, status: 'failed' })
    const error = { code: 'job.cancelled', message: 'The job was cancelled' }
    expect(await told(1)).toMatchObject({ id, status: 'failed', error })
    expect(await say(id, 'heartbeat', { lease_id })).toMatchObject({ status: 409, json: { code: 'job.ended' } })
    const late = await say(id, 'complete', { lease_id, result: { text: 'late' } })
    expect(late).toMatchObject({ status: 409, json: { code: 'job.ended' } })
    const waiting = await dispatch()
    await ringback.call('POST', `/api/v1/jobs/${waiting}/cancel`)
    expect((await lease()).jobs).toEqual([])
  })

  test('a request that waits for the end of its job is answered when the worker has completed it', async () => {
    const body = { page: 3 }
    const asked = ringback.call('POST', '/api/v1/custom/scan', body, { prefer: 'wait=20', 'idempotency-key': 'k1' })
    const { lease_id, jobs } = await lease({ wait_seconds: 20 })
    await say(jobs[0].id, 'complete', { lease_id, result: { text: 'three' } })
    const { status, json } = await asked
    expect({ status, result: json.data.attributes.result }).toEqual({ status: 200, result: { text: 'three' } })
    const again = await ringback.call('POST', '/api/v1/custom/scan', body, { 'idempotency-key': 'k1' })
    expect(again.json.job_id).toBe(jobs[0].id)
  })

  test('two that complete one job at once: one result is written and told', async () => {
    const id = await dispatch()
    const { lease_id } = await lease()
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((text) => say(id, 'complete', { lease_id, result: { text } })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
    await told(1)
    const { json } = await ringback.call('GET', '/api/v1/deliveries')
    expect(json.data).toHaveLength(1)
  })

  test('a worker that hung up while it waited gets no job that nobody would work on', async () => {
    const hangUp = new AbortController()
    const body = JSON.stringify({ types: ['custom_scan'], wait_seconds: 30 })
    const headers = { authorization: `Bearer ${ringback.key}`, 'content-type': 'application/json' }
    const url = new URL('/api/v1/worker/lease', ringback.app.origin)
    const waiting = fetch(url, { method: 'POST', body, headers, signal: hangUp.signal })
    const gone = expect(waiting).rejects.toThrow()
    await lease()
    hangUp.abort()
    await gone
    const id = await dispatch()
    const got = await until('the job is leased to somebody who is there', async () => {
      const { jobs } = await lease()
      return jobs.length > 0 ? jobs : null
    })
    expect(got).toMatchObject([{ id }])
  })

  test('a server that stops lets go of those who wait', async () => {
    const waiting = lease({ wait_seconds: 30 })
    await lease()
    await ringback.stop()
    expect((await waiting).jobs).toEqual([])
    await ringback.start()
  })

  test('a worker that waits at one server hears of a job that another has accepted', async () => {
    const other = await startRingback(ringback.database)
    const waiting = other.call('POST', '/api/v1/worker/lease', { types: ['custom_scan'], wait_seconds: 30 })
    await other.call('POST', '/api/v1/worker/lease', { types: ['custom_scan'] })
    const id = await dispatch()
    // Processes on one file do not tell each other; they look again after 15 s.
    if (ringback.database.engine === 'sqlite') other.clock.move(15_000)
    expect((await waiting).json.jobs).toMatchObject([{ id }])
    await other.stop()
  })
})
