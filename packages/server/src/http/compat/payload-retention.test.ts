import { jobDetailSchema } from '@ringback/contract'
import { beforeAll, describe, expect, test } from 'vitest'
import { FORM_TYPE, formOf } from '../../../test/harness/multipart.ts'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { openTestHttp, TEST_HTTP_CONFIG } from '../test-http.ts'

const URL = '/api/v1/content/detect_emails'
const FIELD = 'header Payload-Retention'
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const body = { content: 'anna@example.com' }

const http = useTestHttp()
beforeAll(async () => {
  const webhook = { enabled: true, url: 'https://receiver.example/hook', secret: 'chosen secret' }
  await http.call('PATCH', '/api/v1/webhooks/default', { body: webhook })
})

const dispatch = (value: string, headers: Record<string, string> = {}) =>
  http.call('POST', URL, { body, headers: { 'payload-retention': value, ...headers } })
const jobCount = async () => (await http.store.listJobs({ accountId: http.accountId, limit: 1_000 })).length
const show = async (jobId: string) => jobDetailSchema.parse((await http.call('GET', `/api/v1/jobs/${jobId}`)).json)

describe('the Payload-Retention header', () => {
  test.each([
    ['1m', 60_000],
    [' 1.5h ', 1.5 * HOUR_MS],
    ['90d', 90 * DAY_MS],
  ])('"%s" is kept with the job', async (value, durationMs) => {
    const { status, json } = await dispatch(value)
    expect(status).toBe(202)
    expect(await http.store.findJob(http.accountId, json.job_id)).toMatchObject({ payloadRetentionMs: durationMs })
  })

  test.each([
    ['', 'is empty'],
    ['soon', 'must be a duration such as 90m, 12h or 7d, from 1m to 90d'],
    ['3600', 'must be a duration'],
    ['-1h', 'must be a duration'],
    ['1h, 2h', 'must be a duration'],
    ['0s', 'must be from 1m to 90d'],
    ['59s', 'must be from 1m to 90d'],
    ['91d', 'must be from 1m to 90d, which is how long the server keeps jobs (RINGBACK_RETENTION)'],
    [`${'9'.repeat(400)}d`, 'must be from 1m to 90d, which'],
  ])('"%s" is a flat 422 with the reason, and nothing is written', async (value, reason) => {
    const jobs = await jobCount()
    const { status, json } = await dispatch(value)
    expect([status, json.code]).toEqual([422, 'request.invalid'])
    expect(json.errors[FIELD][0]).toContain(reason)
    expect(await jobCount()).toBe(jobs)
  })

  test('is refused on a form before its file is read', async () => {
    const documents = () => http.store.listDueDocuments({ now: Number.MAX_SAFE_INTEGER, limit: 1_000 })
    const form = formOf({ name: 'file', body: 'Ann Lee', fileName: 'cv.txt' })
    const post = (value: string) =>
      http.app.inject({
        method: 'POST',
        url: '/api/v1/hr/parse_resume',
        headers: { authorization: `Bearer ${http.key}`, 'content-type': FORM_TYPE, 'payload-retention': value },
        payload: Buffer.from(form),
      })
    const refused = await post('soon')
    expect(refused.statusCode).toBe(422)
    expect(await documents()).toEqual([])
    const taken = await post('1h')
    expect(taken.statusCode).toBe(202)
    const row = await http.store.findJob(http.accountId, taken.json().job_id)
    expect(row?.payloadRetentionMs).toBe(HOUR_MS)
  })

  test('means the same on jobs of workflows, and those that a worker runs', async () => {
    for (const run_by of ['model', 'worker']) {
      const mood = { name: 'Mood', instructions: 'Tell the mood.', output_schema: { mood: 'string' } }
      const workflow = { slug: `by-${run_by}`, ...mood, parameters: [], run_by }
      const made = await http.call('POST', '/api/v1/workflows', { body: workflow })
      expect(made.status, made.text).toBe(201)
      const post = (value: string) =>
        http.call('POST', `/api/v1/custom/by-${run_by}`, { body: {}, headers: { 'payload-retention': value } })
      expect((await post('soon')).status).toBe(422)
      const { json } = await post('1h')
      const row = await http.store.findJob(http.accountId, json.job_id)
      expect(row?.payloadRetentionMs).toBe(HOUR_MS)
    }
  })

  test('goes with a Job-Webhook', async () => {
    const { json } = await dispatch('1h', { 'job-webhook': 'https://receiver.example/one' })
    const row = await http.store.findJob(http.accountId, json.job_id)
    expect(row).toMatchObject({ payloadRetentionMs: HOUR_MS, jobWebhookUrl: 'https://receiver.example/one' })
  })

  test('is part of what an Idempotency-Key stands for, in whatever words', async () => {
    const key = { 'idempotency-key': 'one' }
    const first = await dispatch('1h', key)
    expect((await dispatch('60m', key)).json.job_id).toBe(first.json.job_id)
    for (const other of [await dispatch('2h', key), await http.call('POST', URL, { body, headers: key })]) {
      expect([other.status, other.json.code]).toEqual([422, 'request.idempotency_key_reused'])
      expect(other.json.message).toContain('Payload-Retention')
    }
  })

  test('the job says when they will go: after the last end of it and its deliveries', async () => {
    const { json } = await dispatch('1h')
    const jobId = json.job_id
    const waiting = { payload_retention: '1h', payload_removal_at: null, payload_removed_at: null }
    expect(await show(jobId)).toMatchObject(waiting)
    await http.finishJob(jobId, { status: 'success', result: '["anna@example.com"]' })
    expect(await show(jobId)).toMatchObject(waiting)
    http.clock.move(5_000)
    await http.attemptDelivery()
    const goAt = http.clock.now() + HOUR_MS
    expect(await show(jobId)).toMatchObject({ ...waiting, payload_removal_at: new Date(goAt).toISOString() })
    while (!(await http.store.removeDuePayloads({ now: goAt, limit: 100 })).isAtEnd);
    const gone = { payload_removal_at: null, payload_removed_at: new Date(goAt).toISOString() }
    expect(await show(jobId)).toMatchObject({ ...waiting, ...gone, input: null, result: null })
  })

  test('a job without it has nothing of it', async () => {
    const { json } = await http.call('POST', URL, { body })
    expect(await http.store.findJob(http.accountId, json.job_id)).toMatchObject({ payloadRetentionMs: null })
    expect(await show(json.job_id)).toMatchObject({ payload_retention: null, payload_removal_at: null })
  })
})

test.each([
  [
    { payloadRetentionMs: 7 * DAY_MS },
    '8d',
    'to 7d, which is how long the server keeps them (RINGBACK_PAYLOAD_RETENTION)',
  ],
  [{ retentionMs: null }, '3651d', 'to 3650d; without the header they stay for ever'],
])('with %j the longest is named, and what says so', async (settings, value, reason) => {
  await using other = await openTestHttp({ config: { ...TEST_HTTP_CONFIG, ...settings } })
  const answer = await other.call('POST', URL, { body, headers: { 'payload-retention': value } })
  expect(answer.status).toBe(422)
  expect(answer.json.errors[FIELD][0]).toContain(reason)
})
