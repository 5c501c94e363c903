import { setImmediate } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { newId } from '../../lib/ids.ts'

const http = useTestHttp('test')
beforeEach(async () => {
  await create()
})

const TYPE = 'custom_scan_text'

async function create(change: object = {}): Promise<void> {
  const body = {
    slug: 'scan-text',
    name: 'Scan',
    run_by: 'worker',
    parameters: [{ key: 'page', type: 'json_number', default_value: '1' }],
    output_schema: { lines: { type: 'array', items: { type: 'object', fields: { text: 'string' } } } },
    ...change,
  }
  const { status, text } = await http.call('POST', '/api/v1/workflows', { body })
  expect(status, text).toBe(201)
}

async function dispatch(body: object = {}): Promise<string> {
  return (await http.call('POST', '/api/v1/custom/scan-text', { body })).json.job_id
}

const lease = (change: object = {}) => http.call('POST', '/api/v1/worker/lease', { body: { types: [TYPE], ...change } })

async function leased(): Promise<{ jobId: string; leaseId: string }> {
  await dispatch()
  const { json } = await lease()
  return { jobId: json.jobs[0].id, leaseId: json.lease_id }
}

const say = (jobId: string, what: 'heartbeat' | 'complete' | 'fail', body: object) =>
  http.call('POST', `/api/v1/worker/jobs/${jobId}/${what}`, { body })

const RESULT = { lines: [{ text: 'one' }] }

describe('POST /api/v1/worker/lease', () => {
  test('gives jobs with their parameters, and a lease with its end', async () => {
    const jobId = await dispatch()
    const { status, json } = await lease({ worker: 'ocr-1' })
    expect(status).toBe(200)
    expect(json).toEqual({
      lease_id: expect.any(String),
      expires_at: new Date(http.clock.now() + 60_000).toISOString(),
      full: false,
      jobs: [
        { id: jobId, type: TYPE, parameters: { page: 1 }, documents: {}, attempt: 1, created_at: expect.any(String) },
      ],
    })
  })

  test('gives nothing when there is nothing, at once when it is not told to wait', async () => {
    expect((await lease()).json).toEqual({ lease_id: null, expires_at: null, full: false, jobs: [] })
  })

  test('gives as many as wanted', async () => {
    for (let count = 0; count < 3; count++) await dispatch()
    expect((await lease({ limit: 2 })).json.jobs).toHaveLength(2)
    expect((await lease({ limit: 2 })).json.jobs).toHaveLength(1)
  })

  test.each<[change: object, field: string]>([
    [{ types: [] }, 'types'],
    [{ types: ['custom_nothing'] }, 'types.0'],
    [{ types: ['content_translate'] }, 'types.0'],
    [{ limit: 51 }, 'limit'],
    [{ wait_seconds: 31 }, 'wait_seconds'],
    [{ lease_seconds: 9 }, 'lease_seconds'],
    [{ worker: 'ö' }, 'worker'],
    [{ colour: 1 }, 'colour'],
  ])('refuses %j', async (change, field) => {
    const { status, json } = await lease(change)
    expect(status).toBe(422)
    expect(json.errors.map((error: { field: string }) => error.field)).toEqual([field])
  })

  test('waits for a job, and gives it as soon as it is there', async () => {
    const waiting = lease({ wait_seconds: 30 })
    const jobId = await dispatch()
    expect((await waiting).json.jobs).toMatchObject([{ id: jobId }])
  })

  test('gives nothing when none came in the time it was told to wait', async () => {
    const waiting = lease({ wait_seconds: 20 })
    let answered = false
    void waiting.then(() => {
      answered = true
    })
    while (!answered) {
      http.clock.move(1_000)
      await setImmediate()
    }
    expect((await waiting).json.jobs).toEqual([])
  })

  test('many that wait share the jobs, one each', async () => {
    const waiting = Array.from({ length: 10 }, () => lease({ wait_seconds: 30 }))
    const jobIds = await Promise.all(Array.from({ length: 10 }, () => dispatch()))
    const answers = await Promise.all(waiting)
    expect(answers.flatMap(({ json }) => json.jobs.map(({ id }: { id: string }) => id)).sort()).toEqual(jobIds.sort())
  })

  test('takes the type of a workflow that was deleted while its jobs wait', async () => {
    const jobId = await dispatch()
    await http.call('DELETE', '/api/v1/workflows/scan-text')
    expect((await lease()).json.jobs).toMatchObject([{ id: jobId }])
  })
})

describe('the cap of jobs that workers of an account have at once', () => {
  test('gives fewer than wanted, then none and says so; another account has its own', async () => {
    for (let count = 0; count < 22; count++) await dispatch()
    const first = (await lease({ limit: 15 })).json
    const second = (await lease({ limit: 15 })).json
    expect([first.jobs.length, second.jobs.length, second.full]).toEqual([15, 5, false])
    expect((await lease()).json).toEqual({ lease_id: null, expires_at: null, full: true, jobs: [] })
    await say(first.jobs[0].id, 'complete', { lease_id: first.lease_id, result: RESULT })
    expect((await lease({ limit: 15 })).json.jobs).toHaveLength(1)
  })

  test('a request that waits gets a job as soon as another has ended', async () => {
    for (let count = 0; count < 21; count++) await dispatch()
    const { jobs, lease_id } = (await lease({ limit: 20 })).json
    const waiting = lease({ wait_seconds: 30 })
    await setImmediate()
    await say(jobs[0].id, 'fail', { lease_id, message: 'No.' })
    expect((await waiting).json.jobs).toHaveLength(1)
  })
})

describe('POST /api/v1/worker/jobs/<id>/complete', () => {
  test('ends the job with its result, once', async () => {
    const { jobId, leaseId } = await leased()
    const done = await say(jobId, 'complete', { lease_id: leaseId, result: RESULT })
    expect(done).toMatchObject({ status: 200, json: { id: jobId, status: 'success', retry_at: null } })
    const status = await http.call('GET', `/api/v1/custom/scan-text/job/status/${jobId}`)
    expect(status.json.data.attributes).toEqual({ status: 'success', type: TYPE, result: RESULT })
    const again = await say(jobId, 'complete', { lease_id: leaseId, result: RESULT })
    expect(again).toMatchObject({ status: 409, json: { code: 'job.ended' } })
  })

  test('a result that does not fit is 422 with the path, and the job stays with the worker', async () => {
    const { jobId, leaseId } = await leased()
    const result = { lines: [{ text: 'one' }, { text: 2, size: 1 }] }
    const { status, json } = await say(jobId, 'complete', { lease_id: leaseId, result })
    expect(status).toBe(422)
    expect(json.errors).toEqual([
      { field: 'result.lines.1.text', message: 'must be a string, not a number' },
      { field: 'result.lines.1.size', message: 'is not in the output schema' },
    ])
    expect((await say(jobId, 'complete', { lease_id: leaseId, result: RESULT })).status).toBe(200)
  })

  test('no result at all is 422, and says what would be one', async () => {
    const { jobId, leaseId } = await leased()
    const { status, json } = await say(jobId, 'complete', { lease_id: leaseId })
    expect(status).toBe(422)
    expect(json.errors).toEqual([{ field: 'result', message: "is missing; it must fit the workflow's output schema" }])
  })

  test('a workflow without an output schema takes any JSON', async () => {
    await create({ slug: 'any', output_schema: null, parameters: [] })
    await http.call('POST', '/api/v1/custom/any', { body: {} })
    const { json } = await lease({ types: ['custom_any'] })
    const done = await say(json.jobs[0].id, 'complete', { lease_id: json.lease_id, result: [1, null] })
    expect(done.status).toBe(200)
  })

  test('a result that is nested too deep for any receiver is 422, however deep', async () => {
    await create({ slug: 'any-json', output_schema: null })
    await http.call('POST', '/api/v1/custom/any-json', { body: {} })
    const { json } = await lease({ types: ['custom_any_json'] })
    const complete = (levels: number) =>
      http.call('POST', `/api/v1/worker/jobs/${json.jobs[0].id}/complete`, {
        body: `{"lease_id":"${json.lease_id}","result":${'['.repeat(levels)}${']'.repeat(levels)}}`,
      })
    for (const levels of [257, 200_000]) {
      const { status, json: problem } = await complete(levels)
      expect(status).toBe(422)
      expect(problem.errors).toEqual([{ field: 'result', message: expect.stringContaining('deeper than 256 levels') }])
    }
    expect((await complete(256)).status).toBe(200)
  })

  test('a result is checked by the version that the job was accepted with', async () => {
    const { jobId, leaseId } = await leased()
    await http.call('PATCH', '/api/v1/workflows/scan-text', { body: { output_schema: { other: 'number' } } })
    expect((await say(jobId, 'complete', { lease_id: leaseId, result: RESULT })).status).toBe(200)
  })

  test('only the lease that holds the job may', async () => {
    const { jobId } = await leased()
    const lost = { status: 409, json: { code: 'job.lease_lost' } }
    expect(await say(jobId, 'complete', { lease_id: newId(), result: RESULT })).toMatchObject(lost)
    expect(await say(jobId, 'fail', { lease_id: 'x', message: 'x' })).toMatchObject(lost)
    expect(await say(jobId, 'heartbeat', { lease_id: '' })).toMatchObject(lost)
  })

  test('the jobs of another account, of the runner, and none at all are not found', async () => {
    const { jobId, leaseId } = await leased()
    const { key } = await http.addAccount('other')
    const body = { lease_id: leaseId, result: RESULT }
    const headers = { authorization: `Bearer ${key}` }
    const foreign = await http.call('POST', `/api/v1/worker/jobs/${jobId}/complete`, { body, headers })
    expect(foreign).toMatchObject({ status: 404, json: { code: 'job.not_found' } })
    const { json } = await http.call('POST', '/api/v1/content/detect_emails', { body: { content: 'x' } })
    expect((await say(json.job_id, 'complete', body)).status).toBe(404)
    expect((await say('x', 'complete', body)).status).toBe(404)
  })
})

describe('POST /api/v1/worker/jobs/<id>/fail', () => {
  test("ends the job with the worker's own code and message", async () => {
    const { jobId, leaseId } = await leased()
    const failed = await say(jobId, 'fail', { lease_id: leaseId, code: 'page.blank', message: 'The page is blank.' })
    expect(failed.json).toEqual({ id: jobId, status: 'failed', retry_at: null })
    const { json } = await http.call('GET', `/api/v1/custom/scan-text/job/status/${jobId}`)
    expect(json.data.attributes).toMatchObject({
      status: 'failed',
      error: { code: 'worker.page.blank', message: 'The page is blank.' },
    })
  })

  test('gives it back with a delay that grows, and ends it after the fifth time', async () => {
    const jobId = await dispatch()
    const delaysMs: number[] = []
    for (;;) {
      const { json: got } = await lease({ wait_seconds: 0 })
      const { json } = await say(jobId, 'fail', { lease_id: got.lease_id, message: 'Not now.', retry: true })
      if (json.status === 'failed') break
      delaysMs.push(Date.parse(json.retry_at) - http.clock.now())
      expect((await lease()).json.jobs).toEqual([])
      http.clock.move(delaysMs.at(-1) ?? 0)
    }
    expect(delaysMs).toEqual([2_000, 4_000, 8_000, 16_000])
  })

  test.each<[change: object, field: string]>([
    [{ message: ' ' }, 'message'],
    [{ code: 'Page Blank' }, 'code'],
    [{ retry: 'yes' }, 'retry'],
  ])('refuses %j', async (change, field) => {
    const { jobId, leaseId } = await leased()
    const { status, json } = await say(jobId, 'fail', { lease_id: leaseId, message: 'x', ...change })
    expect({ status, field: json.errors[0].field }).toEqual({ status: 422, field })
  })
})

describe('POST /api/v1/worker/jobs/<id>/heartbeat', () => {
  test('renews the lease from now on, and never makes it shorter', async () => {
    const { jobId, leaseId } = await leased()
    http.clock.move(30_000)
    const beat = (lease_seconds: number) => say(jobId, 'heartbeat', { lease_id: leaseId, lease_seconds })
    const inSeconds = (seconds: number) => new Date(http.clock.now() + seconds * 1_000).toISOString()
    expect((await beat(120)).json).toEqual({ expires_at: inSeconds(120) })
    expect((await beat(10)).json).toEqual({ expires_at: inSeconds(120) })
  })

  test('of a job that was cancelled, or has ended otherwise, is 409 and says why', async () => {
    const { jobId, leaseId } = await leased()
    expect((await http.call('POST', `/api/v1/jobs/${jobId}/cancel`)).status).toBe(200)
    const beat = await say(jobId, 'heartbeat', { lease_id: leaseId })
    const cancelled = { code: 'job.ended', detail: 'The job has ended as cancelled; nothing was written.' }
    expect(beat).toMatchObject({ status: 409, json: cancelled })
    // The row of the lease has ended with the cancel, not with its time.
    expect((await http.store.listProcesses()).map(({ id }) => id)).not.toContain(leaseId)
    const late = await say(jobId, 'complete', { lease_id: leaseId, result: RESULT })
    expect(late).toMatchObject({ status: 409, json: { code: 'job.ended' } })
    const other = await leased()
    await say(other.jobId, 'complete', { lease_id: other.leaseId, result: RESULT })
    const ended = await say(other.jobId, 'heartbeat', { lease_id: other.leaseId })
    expect(ended).toMatchObject({ status: 409, json: { code: 'job.ended' } })
  })
})

test('a job whose lease ends again and again fails in the end, instead of taking down every worker', async () => {
  const jobId = await dispatch()
  http.clock.move(3_600_001)
  for (let count = 0; count < 10; count++) {
    const { json } = await lease()
    expect(json.jobs).toHaveLength(1)
    await http.store.releaseProcess(json.lease_id, http.clock.now())
  }
  expect((await lease()).json.jobs).toEqual([])
  const { json } = await http.call('GET', `/api/v1/custom/scan-text/job/status/${jobId}`)
  expect(json.data.attributes).toMatchObject({ status: 'failed', error: { code: 'job.interrupted' } })
})

test('what workers do spends no requests of the account', async () => {
  const before = await leased()
  const { headers } = await lease()
  await say(before.jobId, 'heartbeat', { lease_id: before.leaseId })
  expect((await lease()).headers['x-ratelimit-remaining']).toBe(headers['x-ratelimit-remaining'])
})
