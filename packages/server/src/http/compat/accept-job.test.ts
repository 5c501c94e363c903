import { type AddressInfo, connect } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../../test/harness/until.ts'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { openTestHttp, TEST_HTTP_CONFIG } from '../test-http.ts'

const URL = '/api/v1/content/detect_emails'
const body = { content: 'hello' }

const http = useTestHttp()
beforeAll(async () => {
  await http.call('PATCH', '/api/v1/webhooks/default', { body: { secret: 'a secret of mine' } })
})

let keyCount = 0
const newKey = () => `key ${++keyCount}`
const dispatch = (key: string, change: { url?: string; body?: unknown; headers?: Record<string, string> } = {}) =>
  http.call('POST', change.url ?? URL, {
    body: change.body ?? body,
    headers: { 'idempotency-key': key, ...change.headers },
  })
const jobCount = async () => (await http.store.listJobs({ accountId: http.accountId, limit: 1_000 })).length

describe('Idempotency-Key', () => {
  test('the same request again gets the same 202, says so, and makes no second job', async () => {
    const key = newKey()
    const first = await dispatch(key)
    const jobs = await jobCount()
    const again = await dispatch(key)
    expect(again.status).toBe(202)
    expect(again.text).toBe(first.text)
    expect(first.headers['idempotency-replayed']).toBeUndefined()
    expect(again.headers).toMatchObject({
      'idempotency-replayed': 'true',
      'sharpapi-job-id': first.json.job_id,
      'retry-after': '1',
    })
    expect(await jobCount()).toBe(jobs)
  })

  test('the same body counts as such in other words: spaces, order and fields that mean nothing', async () => {
    const key = newKey()
    const url = '/api/v1/content/summarize'
    const first = await dispatch(key, { url, body: '{"content":"x","max_length":5}' })
    const again = await dispatch(key, { url, body: '{ "max_length": 5, "colour": "red", "content": "x" }' })
    expect(again.json.job_id).toBe(first.json.job_id)
  })

  test.each([
    ['body', { body: { content: 'other' } }],
    ['address', { url: '/api/v1/content/detect_urls' }],
    ['Job-Webhook', { headers: { 'job-webhook': 'https://receiver.example/' } }],
  ])('with another %s it is a flat 422, and nothing is written', async (_what, change) => {
    const key = newKey()
    await dispatch(key)
    const jobs = await jobCount()
    const answer = await dispatch(key, change)
    expect(answer.status).toBe(422)
    expect(answer.json).toEqual({
      code: 'request.idempotency_key_reused',
      message: expect.stringContaining('another request'),
    })
    expect(await jobCount()).toBe(jobs)
  })

  test('a request that was refused leaves the key free', async () => {
    const key = newKey()
    expect((await dispatch(key, { body: { content: 5 } })).status).toBe(422)
    expect((await dispatch(key, { headers: { 'job-webhook': 'http://127.0.0.1/' } })).status).toBe(422)
    const answer = await dispatch(key)
    expect(answer.status).toBe(202)
    expect(answer.headers['idempotency-replayed']).toBeUndefined()
  })

  test('a 429 leaves the key free', async () => {
    await using strict = await openTestHttp({
      config: { ...TEST_HTTP_CONFIG, requestsPerMinute: 1 },
    })
    const send = (key: string) => strict.call('POST', URL, { body, headers: { 'idempotency-key': key } })
    await send('one')
    expect((await send('two')).status).toBe(429)
    strict.clock.move(60_000)
    const answer = await send('two')
    expect(answer.status).toBe(202)
    expect(answer.headers['idempotency-replayed']).toBeUndefined()
  })

  test('a replay does not depend on the Job-Webhook being allowed at this moment', async () => {
    const key = newKey()
    const headers = { 'job-webhook': 'https://receiver.example/' }
    let resolves = true
    await using own = await openTestHttp({
      guard: {
        checkUrl: async (url) => {
          if (!resolves) throw new Error('does not resolve')
          return url
        },
      },
    })
    await own.call('PATCH', '/api/v1/webhooks/default', { body: { secret: 'a secret of mine' } })
    const send = () => own.call('POST', URL, { body, headers: { ...headers, 'idempotency-key': key } })
    const first = await send()
    expect(first.status).toBe(202)
    resolves = false
    expect((await send()).text).toBe(first.text)
  })

  test('accounts have keys of their own', async () => {
    const key = newKey()
    const first = await dispatch(key)
    const stranger = await http.addAccount('stranger')
    const other = await dispatch(key, { headers: { authorization: `Bearer ${stranger.key}` } })
    expect(other.status).toBe(202)
    expect(other.json.job_id).not.toBe(first.json.job_id)
  })

  test.each([
    ['', 'is empty'],
    ['   ', 'is empty'],
    ['k'.repeat(256), 'at most 255 characters'],
    ['tab\tinside', 'printable ASCII'],
    ['schlüssel', 'printable ASCII'],
  ])('"%s" is a 422 that names the header', async (key, reason) => {
    const answer = await dispatch(key)
    expect(answer.status).toBe(422)
    expect(answer.json.code).toBe('request.invalid')
    expect(answer.json.errors['header Idempotency-Key'][0]).toContain(reason)
  })

  test('may have 255 characters of any printable kind', async () => {
    expect((await dispatch(`"${'!~ '.repeat(84)}"`)).status).toBe(202)
  })
})

describe('Prefer: wait', () => {
  const wait = (prefer: string, headers: Record<string, string> = {}) =>
    http.call('POST', URL, { body, headers: { prefer, ...headers } })

  /** Waits until a request waits, and gives its job. */
  async function waitingJob(): Promise<string> {
    const [job] = await until('a request waits', async () => {
      const rows = await http.store.listJobs({ accountId: http.accountId, status: 'new', limit: 1 })
      return rows.length > 0 && http.clock.timerCount > 0 ? rows : null
    })
    return job?.id ?? ''
  }

  test('the result is in the answer when the job ends in time', async () => {
    await http.startJobs()
    const answering = wait('respond-async, wait=10')
    const jobId = await waitingJob()
    await http.finishJob(jobId, { status: 'success', result: '["ann@example.com"]' })
    const answer = await answering
    expect(answer.status).toBe(200)
    expect(answer.text).toBe(
      `{"data":{"type":"api_job_result","id":"${jobId}","attributes":{"status":"success",` +
        `"type":"content_detect_emails","result":["ann@example.com"]}}}`,
    )
    expect(answer.text).toBe((await http.call('GET', `${URL}/job/status/${jobId}`)).text)
    expect(answer.headers).toMatchObject({ 'preference-applied': 'wait=10', 'sharpapi-job-id': jobId })
    expect(answer.headers).not.toHaveProperty('retry-after')
  })

  test('a failed job has ended too', async () => {
    await http.startJobs()
    const answering = wait('wait=10')
    const error = { code: 'job.timeout', message: 'too long' } as const
    await http.finishJob(await waitingJob(), { status: 'failed', error })
    const answer = await answering
    expect(answer.status).toBe(200)
    expect(answer.json.data.attributes).toMatchObject({ status: 'failed', result: null, error })
  })

  test('the ordinary 202 comes when it does not', async () => {
    await http.startJobs()
    const answering = wait('wait=10')
    const jobId = await waitingJob()
    http.clock.move(10_000)
    const answer = await answering
    expect(answer.status).toBe(202)
    expect(answer.json.job_id).toBe(jobId)
    expect(answer.headers).not.toHaveProperty('preference-applied')
  })

  test('a client that goes away leaves nothing behind: neither its wait nor its timers', async () => {
    await using own = await openTestHttp()
    await own.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = own.app.server.address() as AddressInfo
    const text = JSON.stringify(body)
    const socket = connect(port, '127.0.0.1')
    socket.write(
      `POST ${URL} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${own.key}\r\nPrefer: wait=60\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
    )
    await until('it waits: a limit, and a look at the database', () => (own.clock.timerCount === 2 ? true : null))
    socket.destroy()
    await until('its limit is gone', () => (own.clock.timerCount === 1 ? true : null))
    own.clock.move(500)
    expect(own.clock.timerCount).toBe(0)
  })

  test('a wish that makes no sense is ignored', async () => {
    expect((await wait('wait=soon')).status).toBe(202)
  })

  test('a replay waits for the job that is there', async () => {
    await http.startJobs()
    const key = newKey()
    const { json } = await dispatch(key)
    await http.finishJob(json.job_id, { status: 'success', result: '[]' })
    const answer = await wait('wait=10', { 'idempotency-key': key })
    expect(answer.status).toBe(200)
    expect(answer.json.data.id).toBe(json.job_id)
    expect(answer.headers['idempotency-replayed']).toBe('true')
  })
})
