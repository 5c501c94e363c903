import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ModelReply } from './harness/model-replies.ts'
import { type ModelServer, startModelServer } from './harness/model-server.ts'
import type { Receiver } from './harness/receiver.ts'
import { describeEngines, type Ringback, startRingback } from './harness/ringback.ts'
import { until } from './harness/until.ts'
import { useEngineDatabase } from './harness/use-database.ts'
import { useReceivers } from './harness/use-receivers.ts'

const HOUR_MS = 3_600_000

/** What one answer of the model server costs: 7 tokens in and 5 out, at the prices below. */
const COST = 7 * 10 + 5 * 100
const PRICES = JSON.stringify({ 'compatible/local': { input: 10, output: 100 } })

const status = (code: number, headers: Record<string, string> = {}): ModelReply => ({
  kind: 'status',
  status: code,
  headers,
})

describeEngines('jobs that need a model', (createDatabase) => {
  const database = useEngineDatabase(createDatabase)
  const newReceiver = useReceivers()
  let model: ModelServer
  let ringback: Ringback
  const running: Ringback[] = []

  beforeEach(async () => {
    model = await startModelServer()
  })
  afterEach(async () => {
    await model.close()
    await Promise.all(running.splice(0).map((one) => one.stop()))
  })

  async function start(env: Record<string, string> = {}): Promise<Ringback> {
    const settings = { RINGBACK_MODEL: 'compatible/local', RINGBACK_MODEL_BASE_URL: model.baseUrl }
    const one = await startRingback(database, { env: { ...settings, RINGBACK_MODEL_PRICES: PRICES, ...env } })
    running.push(one)
    return one
  }

  /** A receiver that the account's webhook leads to. */
  async function listen(): Promise<Receiver> {
    const receiver = await newReceiver()
    const webhook = { enabled: true, url: receiver.url, secret: 'a secret of these tests' }
    await ringback.call('PATCH', '/api/v1/webhooks/default', webhook)
    return receiver
  }

  async function dispatch(content = 'Some words to sum up.'): Promise<string> {
    const { status: code, json } = await ringback.call('POST', '/api/v1/content/summarize', { content })
    expect(code).toBe(202)
    return json.job_id
  }

  const statusOf = (jobId: string) => ringback.call('GET', `/api/v1/content/summarize/job/status/${jobId}`)

  /** The status of a job as soon as it is as asked. */
  function jobIs(jobId: string, what: string, isSo: (data: JobData) => boolean): Promise<JobData> {
    return until(`the job ${what}`, async () => {
      const { data } = (await statusOf(jobId)).json
      return isSo(data) ? data : null
    })
  }

  const ended = (jobId: string) =>
    jobIs(jobId, 'has ended', ({ attributes }) => ['success', 'failed'].includes(attributes.status))

  const waitsFor = (jobId: string, reason: string) =>
    jobIs(jobId, `waits: ${reason}`, ({ meta }) => meta?.waiting_reason === reason)

  const cancel = (jobId: string, by = ringback) => by.call('POST', `/api/v1/jobs/${jobId}/cancel`)

  const listRuns = (jobId: string) => ringback.app.store.listJobRuns(ringback.app.defaultAccount.id, jobId)

  describe('what they use', () => {
    test('is in the status, in the quota of the month and on record, answers that did not fit included', async () => {
      ringback = await start()
      model.script({ kind: 'text', text: 'not what was asked for' })
      const jobId = await dispatch('one two three')
      await ended(jobId)
      const answer = await statusOf(jobId)
      expect(answer.json.data.meta).toEqual({
        usage: {
          calls: 2,
          input_tokens: 14,
          output_tokens: 10,
          cached_tokens: 0,
          reasoning_tokens: 0,
          cost_micro_usd: 2 * COST,
          models: ['compatible/test'],
        },
      })
      expect(answer.json.data.attributes).toMatchObject({ status: 'success', type: 'content_summarize' })
      expect(answer.headers.get('sharpapi-cost')).toBe('0.001140')
      expect(await listRuns(jobId)).toMatchObject([
        { number: 1, outcome: 'success', calls: 2, modelCalls: [{ failure: 'no_fit' }, { failure: null }] },
      ])
      expect((await ringback.call('GET', '/api/v1/quota')).json).toMatchObject({
        subscription_words_used: 3,
        subscription_words_used_percentage: 0,
        usage: { calls: 2, input_tokens: 14, output_tokens: 10, cost_micro_usd: 2 * COST, unpriced_runs: 0 },
      })
    })

    test('is on record when the job fails, and its words are not counted', async () => {
      ringback = await start({ RINGBACK_MODEL_PRICES: '{}' })
      model.script({ kind: 'text', text: 'no' }, { kind: 'text', text: 'no' })
      const jobId = await dispatch()
      expect((await ended(jobId)).attributes.error?.code).toBe('model.invalid_output')
      const answer = await statusOf(jobId)
      expect(answer.json.data.meta.usage).toMatchObject({ calls: 2, input_tokens: 14, cost_micro_usd: null })
      expect(answer.headers.get('sharpapi-cost')).toBeNull()
      expect((await ringback.call('GET', '/api/v1/quota')).json).toMatchObject({
        subscription_words_used: 0,
        usage: { calls: 2, cost_micro_usd: 0, unpriced_runs: 1 },
      })
    })
  })

  describe('a provider that limits requests', () => {
    test('pauses its jobs for as long as it asks, an hour at most, and spends none of their attempts', async () => {
      ringback = await start()
      // More often than a job has attempts.
      model.script(...Array<ModelReply>(6).fill(status(429, { 'retry-after': '86400' })))
      const jobId = await dispatch()
      for (let round = 1; round <= 6; round++) {
        await model.requested(round)
        const { meta } = await waitsFor(jobId, 'provider_limited')
        const waitMs = Date.parse(meta?.due_at ?? '') - ringback.clock.now()
        expect(waitMs).toBeGreaterThan(HOUR_MS - 60_000)
        expect(waitMs).toBeLessThanOrEqual(HOUR_MS)
        ringback.clock.move(HOUR_MS)
      }
      expect((await ended(jobId)).attributes.status).toBe('success')
      expect((await listRuns(jobId)).map(({ outcome }) => outcome)).toEqual([
        ...Array(6).fill('model.limited'),
        'success',
      ])
    })

    test('is not asked by other jobs meanwhile, jobs without a model go on, and a restart changes nothing', async () => {
      ringback = await start()
      model.script(status(429, { 'retry-after': '600' }))
      const one = await dispatch()
      await waitsFor(one, 'provider_limited')
      const two = await dispatch()
      const offline = await ringback.call('POST', '/api/v1/content/detect_urls', { content: 'https://a.example' })
      await ended(offline.json.job_id)
      await ringback.stop()
      running.splice(0)
      ringback = await start()
      for (const jobId of [one, two]) await waitsFor(jobId, 'provider_limited')
      const three = await dispatch()
      await waitsFor(three, 'provider_limited')
      expect(model.requests).toHaveLength(1)
      ringback.clock.move(600_000)
      for (const jobId of [one, two, three]) expect((await ended(jobId)).attributes.status).toBe('success')
      expect(model.requests).toHaveLength(4)
    })
  })

  describe('a provider that is away', () => {
    test('is asked again after a while, and each time spends an attempt', async () => {
      ringback = await start()
      model.script(status(503), { kind: 'reset', when: 'middle' }, { kind: 'html' })
      const jobId = await dispatch()
      for (let run = 1; run <= 3; run++) {
        await model.requested(run)
        await waitsFor(jobId, 'retry')
        ringback.clock.move(60_000)
      }
      expect((await ended(jobId)).attributes.status).toBe('success')
      const runs = await listRuns(jobId)
      expect(runs.map(({ outcome }) => outcome)).toEqual([...Array(3).fill('model.unavailable'), 'success'])
    })

    test('five times in a row is left in peace, and one job tries whether it is back before the others go', async () => {
      ringback = await start({ RINGBACK_JOBS_PER_PROVIDER: '5' })
      model.script(...Array<ModelReply>(5).fill(status(500)))
      const ids: string[] = []
      for (let count = 0; count < 5; count++) ids.push(await dispatch())
      for (const jobId of ids) await waitsFor(jobId, 'provider_unavailable')
      ids.push(await dispatch())
      expect(model.requests).toHaveLength(5)

      model.script({ kind: 'hang' })
      ringback.clock.move(10_000)
      await model.requested(6)
      const waiting = await Promise.all(ids.map(async (id) => (await statusOf(id)).json.data.meta?.waiting_reason))
      expect(waiting.filter((reason) => reason === 'provider_unavailable')).toHaveLength(5)
      expect(model.requests).toHaveLength(6)
      // The probe hangs; after two minutes another one may try, and that one is answered.
      ringback.clock.move(120_000)
      const probe = ids[waiting.indexOf(undefined)]
      for (const jobId of ids.filter((id) => id !== probe))
        expect((await ended(jobId)).attributes.status).toBe('success')
    })
  })

  describe('errors that do not pass', () => {
    test.each([
      ['a refused key', status(401), 'model.rejected'],
      ['an unknown model', status(404), 'model.rejected'],
      ['no credit', { kind: 'status', status: 429, code: 'insufficient_quota' }, 'model.rejected'],
      ['a content filter', { kind: 'filtered' }, 'model.rejected'],
      ['a request that it does not take', status(400), 'model.rejected'],
    ] satisfies [string, ModelReply, string][])('%s ends the job at once', async (_what, reply, code) => {
      ringback = await start()
      model.script(reply)
      const jobId = await dispatch()
      expect((await ended(jobId)).attributes).toMatchObject({ status: 'failed', result: null, error: { code } })
      expect(model.requests).toHaveLength(1)
    })
  })

  describe('deadlines', () => {
    test('a run that takes too long is given up', async () => {
      ringback = await start({ RINGBACK_JOB_RUN_TIMEOUT: '90s' })
      model.script({ kind: 'hang' })
      const jobId = await dispatch()
      await model.requested(1)
      ringback.clock.move(90_000)
      const { attributes, meta } = await ended(jobId)
      expect(attributes.error).toEqual({ code: 'job.timeout', message: 'The job was given up after 90s' })
      expect(meta?.usage).toMatchObject({ calls: 1, cost_micro_usd: null })
    })

    test('a job that is not started in time is given up, with its webhook', async () => {
      ringback = await start({ RINGBACK_JOB_WAIT_TIMEOUT: '5m' })
      const receiver = await listen()
      model.script(status(429, { 'retry-after': '3600' }))
      // It asks for more time than this job has.
      expect((await ended(await dispatch())).attributes.error?.code).toBe('model.unavailable')
      const jobId = await dispatch()
      await waitsFor(jobId, 'provider_limited')
      ringback.clock.move(5 * 60_000 + 5_000)
      expect((await ended(jobId)).attributes.error).toEqual({
        code: 'job.expired',
        message: 'The job was not started within 5m',
      })
      const { body } = await receiver.request(2)
      expect(JSON.parse(String(body))).toMatchObject({ id: jobId, error: { code: 'job.expired' } })
    })
  })

  describe('cancelling', () => {
    test('a job that runs is stopped though its model hangs, told of, and what it used is kept', async () => {
      ringback = await start()
      model.script({ kind: 'text', text: 'no' }, { kind: 'hang' })
      const jobId = await dispatch()
      await model.requested(2)
      const answer = await cancel(jobId)
      expect(answer.status).toBe(202)
      expect(answer.json).toMatchObject({ id: jobId, status: 'pending' })
      const { attributes, meta } = await until('the job has ended', async () => {
        const { data } = (await statusOf(jobId)).json
        return data.attributes.status === 'failed' ? (data as JobData) : null
      })
      expect(attributes.error).toEqual({ code: 'job.cancelled', message: 'The job was cancelled' })
      expect(meta?.usage).toMatchObject({ calls: 2, input_tokens: 7, cost_micro_usd: null })
      expect((await listRuns(jobId))[0]).toMatchObject({
        outcome: 'job.cancelled',
        modelCalls: [{ failure: 'no_fit', costMicroUsd: COST }, { failure: 'aborted' }],
      })
      const again = await cancel(jobId)
      expect(again.status).toBe(409)
      expect(again.headers.get('content-type')).toContain('application/problem+json')
      expect(again.json.code).toBe('job.ended')
    })

    test('a job that waits ends at once, with its webhook, and is never sent to the provider', async () => {
      ringback = await start()
      const receiver = await listen()
      model.script(status(429, { 'retry-after': '600' }))
      const started = await dispatch()
      await waitsFor(started, 'provider_limited')
      const never = await dispatch()
      for (const jobId of [never, started]) {
        const answer = await cancel(jobId)
        expect(answer.status).toBe(200)
        expect(answer.json).toMatchObject({ id: jobId, status: 'failed' })
        expect((await statusOf(jobId)).json.data.attributes.error.code).toBe('job.cancelled')
      }
      await receiver.request(2)
      expect(receiver.requests.map(({ body }) => JSON.parse(String(body)).id).sort()).toEqual([never, started].sort())
      ringback.clock.move(600_000)
      const next = await dispatch()
      await ended(next)
      expect(model.requests).toHaveLength(2)
    })

    test('a job that another process runs is stopped there', async () => {
      ringback = await start()
      model.script({ kind: 'hang' })
      const jobId = await dispatch()
      await model.requested(1)
      const other = await start({ RINGBACK_ROLES: 'api' })
      expect((await cancel(jobId, other)).status).toBe(202)
      expect((await ended(jobId)).attributes.error?.code).toBe('job.cancelled')
    })

    test('a job that is not there, or another account’s, is unknown', async () => {
      ringback = await start()
      for (const id of ['01a20972-ece9-7451-86d3-5fe47490c587', 'nonsense']) {
        const answer = await cancel(id)
        expect(answer.status).toBe(404)
        expect(answer.json.code).toBe('job.not_found')
      }
    })
  })

  test('no more jobs are at the provider than its cap says, and each that ends makes room', async () => {
    ringback = await start({ RINGBACK_JOBS_PER_PROVIDER: '2' })
    model.script({ kind: 'hang' }, { kind: 'hang' })
    const ids = [await dispatch(), await dispatch(), await dispatch()]
    await model.requested(2)
    const offline = await ringback.call('POST', '/api/v1/content/detect_urls', { content: 'https://a.example' })
    await ended(offline.json.job_id)
    expect(model.requests).toHaveLength(2)
    await cancel(ids[0] as string)
    await ended(ids[2] as string)
    expect(model.requests).toHaveLength(3)
    await cancel(ids[1] as string)
    await ended(ids[1] as string)
  })
})

interface JobData {
  readonly attributes: { readonly status: string; readonly error?: { readonly code: string; readonly message: string } }
  readonly meta?: {
    readonly waiting_reason?: string
    readonly due_at?: string
    readonly usage?: Readonly<Record<string, unknown>>
  }
}
