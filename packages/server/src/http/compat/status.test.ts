import { describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { newId } from '../../lib/ids.ts'
import { MODEL_LANE } from '../test-http.ts'

const RESULT = '{"1":[1.5,0],"2":"second","text":"naïve \\n ☎"}'
const ERROR = { code: 'model.not_configured', message: 'No "model" here.' } as const

const http = useTestHttp()

async function dispatch(): Promise<string> {
  return (await http.call('POST', '/api/v1/content/detect_emails', { body: { content: 'x' } })).json.job_id
}

const FORMS = [
  { name: 'per endpoint', url: (id: string) => `/api/v1/content/detect_emails/job/status/${id}`, none: null },
  { name: 'legacy', url: (id: string) => `/api/v1/job/status/${id}`, none: 'null' },
] as const

describe.each(FORMS)('the status of a job ($name)', ({ url, none }) => {
  test('new and pending: no result yet, and when to ask again', async () => {
    const jobId = await dispatch()
    const fresh = await http.call('GET', url(jobId))
    expect(fresh.status).toBe(200)
    expect(fresh.headers['retry-after']).toMatch(/^[1-4]$/)
    expect(fresh.json).toEqual({
      data: {
        type: 'api_job',
        id: jobId,
        attributes: { status: 'new', type: 'content_detect_emails', result: none },
      },
    })
    await http.startJobs()
    const pending = await http.call('GET', url(jobId))
    expect(pending.headers['retry-after']).toMatch(/^[1-4]$/)
    expect(pending.json.data.attributes).toEqual({ status: 'pending', type: 'content_detect_emails', result: none })
  })

  test('failed: no result, the error, and nothing to wait for', async () => {
    const jobId = await dispatch()
    await http.finishJob(jobId, { status: 'failed', error: ERROR })
    const answer = await http.call('GET', url(jobId))
    expect(answer.status).toBe(200)
    expect(answer.headers['retry-after']).toBeUndefined()
    expect(answer.json.data).toEqual({
      type: 'api_job',
      id: jobId,
      attributes: { status: 'failed', type: 'content_detect_emails', result: none, error: ERROR },
    })
  })

  test('an unknown job, another account’s job and what is no id get the same answer, byte for byte', async () => {
    const { key } = await http.addAccount(`stranger ${url('')}`)
    const strangers = await http.call('POST', '/api/v1/content/detect_emails', {
      body: { content: 'x' },
      headers: { authorization: `Bearer ${key}` },
    })
    const ids = [newId(), strangers.json.job_id, 'no-id', strangers.json.job_id.toUpperCase(), 'x'.repeat(5_000)]
    const answers = await Promise.all(ids.map((id) => http.call('GET', url(id))))
    for (const answer of answers) {
      expect(answer.status).toBe(404)
      expect(answer.text).toBe('{"code":"job.not_found","message":"There is no such job."}')
    }
  })

  test('needs a key', async () => {
    const answer = await http.call('GET', url(await dispatch()), { headers: { authorization: undefined } })
    expect(answer.status).toBe(401)
  })
})

describe('the result of a job', () => {
  test('is JSON under the address that the dispatch gave, exactly as it is kept', async () => {
    const jobId = await dispatch()
    await http.finishJob(jobId, { status: 'success', result: RESULT })
    const answer = await http.call('GET', FORMS[0].url(jobId))
    expect(answer.text).toBe(
      `{"data":{"type":"api_job_result","id":"${jobId}",` +
        `"attributes":{"status":"success","type":"content_detect_emails","result":${RESULT}}}}`,
    )
    expect(answer.headers['retry-after']).toBeUndefined()
  })

  test('is text that holds JSON under the legacy address', async () => {
    const jobId = await dispatch()
    await http.finishJob(jobId, { status: 'success', result: RESULT })
    const { attributes } = (await http.call('GET', FORMS[1].url(jobId))).json.data
    expect(attributes).toEqual({ status: 'success', type: 'content_detect_emails', result: RESULT })
  })

  test('is found under every path before /job/status/', async () => {
    const jobId = await dispatch()
    await http.finishJob(jobId, { status: 'success', result: RESULT })
    const answer = await http.call('GET', `/api/v1/hr/resume_match_score/job/status/${jobId}`)
    expect(answer.json.data.attributes.result).toEqual(JSON.parse(RESULT))
  })
})

describe('what clients ignore', () => {
  test.each(FORMS)('a job that waits for its provider says so and until when ($name)', async ({ url, none }) => {
    const body = { content: 'x' }
    const { job_id: jobId } = (await http.call('POST', '/api/v1/content/summarize', { body })).json
    expect((await http.call('GET', url(jobId))).json.data).not.toHaveProperty('meta')
    await http.store.reportLane(MODEL_LANE, { kind: 'limited', askedMs: 60_000 }, http.clock.now())
    const answer = await http.call('GET', url(jobId))
    expect(answer.headers['retry-after']).toMatch(/^[1-4]$/)
    expect(answer.json.data).toMatchObject({
      attributes: { status: 'new', result: none },
      meta: { waiting_reason: 'provider_limited', due_at: new Date(http.clock.now() + 60_000).toISOString() },
    })
    http.clock.move(60_000)
  })
})
