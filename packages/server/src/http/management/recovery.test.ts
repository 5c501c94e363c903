import { deliverySchema, resendSchema } from '@ringback/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { newId } from '../../lib/ids.ts'
import { recoverMissed } from '../../webhooks/recover-missed.ts'
import type { TestHttp } from '../test-http.ts'

const FAILED = { cause: 'status', message: 'answered 500', responseStatus: 500 } as const
const SINCE = '2026-01-31T08:00:00Z'
const UNTIL = '2026-01-31T10:00:00Z'

const http = useTestHttp('test')
beforeEach(async () => {
  const body = { enabled: true, url: 'https://receiver.example/hook', secret: 'chosen secret' }
  await http.call('PATCH', '/api/v1/webhooks/default', { body })
})

const post = (path: string, body?: unknown) => http.call('POST', `/api/v1/deliveries/${path}`, { body })
const show = async (id: string) => (await http.call('GET', `/api/v1/deliveries/${id}`)).json
const switchDefault = (enabled: boolean) => http.call('PATCH', '/api/v1/webhooks/default', { body: { enabled } })

/** A delivery to `default` that waits; gives its id. */
async function newDelivery(): Promise<string> {
  const { json } = await http.call('POST', '/api/v1/content/detect_urls', { body: { content: 'x' } })
  await http.finishJob(json.job_id, { status: 'success', result: '[]' })
  const [row] = await http.store.listDeliveries({ accountId: http.accountId, jobId: json.job_id, limit: 1 })
  return row?.id ?? ''
}

describe('POST /api/v1/deliveries/<id>/resend', () => {
  test('sends an ended delivery once more; the attempt is marked, and a failure is not retried', async () => {
    const id = await newDelivery()
    await http.attemptDelivery(FAILED)
    const answer = await post(`${id}/resend`)
    expect(answer.status).toBe(202)
    const { message, delivery } = resendSchema.parse(answer.json)
    expect(message).toBe('One more attempt, which no retry follows. If it fails, the delivery stays "failed".')
    expect(delivery).toMatchObject({ id, status: 'waiting', attempt_count: 1, finished_at: null })
    expect(await http.attemptDelivery()).toBe(id)
    const { attempts, ...ended } = await show(id)
    expect(ended).toMatchObject({ status: 'delivered', attempt_count: 2, delivered_at: '2026-01-31T08:50:11.188Z' })
    expect(attempts.map(({ number, resend }: { number: number; resend: boolean }) => [number, resend])).toEqual([
      [1, false],
      [2, true],
    ])
  })

  test('a delivered one stays delivered when the resend fails', async () => {
    const id = await newDelivery()
    await http.attemptDelivery()
    expect((await post(`${id}/resend`)).json.message).toContain('the delivery stays "delivered"')
    await http.attemptDelivery(FAILED)
    expect(await show(id)).toMatchObject({ status: 'delivered', attempt_count: 2, last_cause: 'status' })
  })

  test('two resends one after the other are two attempts; of one that is due it is the same attempt', async () => {
    const id = await newDelivery()
    expect((await post(`${id}/resend`)).json.message).toContain('due already')
    await http.attemptDelivery(FAILED)
    for (const _ of [1, 2]) {
      expect((await post(`${id}/resend`)).status).toBe(202)
      await http.attemptDelivery(FAILED)
    }
    expect((await show(id)).attempts).toHaveLength(3)
  })

  test('takes the place of a retry that waits, and says so', async () => {
    const id = await newDelivery()
    await http.claimDeliveries()
    const { addressId } = { addressId: (await show(id)).webhook_id }
    const processId = (await http.store.listProcesses())[0]?.id ?? ''
    await http.store.recordAttempt({
      deliveryId: id,
      leasedBy: processId,
      attempt: {
        number: 1,
        startedAt: http.clock.now(),
        cause: 'timeout',
        message: null,
        url: 'https://receiver.example/hook',
        requestHeaders: [],
        responseStatus: null,
        responseHeaders: null,
        responseBody: null,
        responseTruncated: false,
        remoteAddress: null,
        timing: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 1 },
        resend: false,
      },
      next: { status: 'waiting', nextAttemptAt: http.clock.now() + 600_000 },
      finishedAt: http.clock.now(),
      addressId,
      report: null,
      spendsSchedule: true,
    })
    const { json } = await post(`${id}/resend`)
    expect(json.message).toContain('takes the next step of the schedule')
    expect(Date.parse(json.delivery.next_attempt_at)).toBeLessThanOrEqual(http.clock.now())
    expect(await http.attemptDelivery()).toBe(id)
  })

  test('while an attempt is under way it is a 409', async () => {
    const id = await newDelivery()
    await http.claimDeliveries()
    expect(await post(`${id}/resend`)).toMatchObject({ status: 409, json: { code: 'delivery.sending' } })
    expect(await post(`${id}/discard`)).toMatchObject({ status: 409, json: { code: 'delivery.sending' } })
  })

  test('to a webhook that is off or removed it is a 409 that says which', async () => {
    const id = await newDelivery()
    await switchDefault(false)
    const off = await post(`${id}/resend`)
    expect(off).toMatchObject({ status: 409, json: { code: 'webhook.disabled' } })
    expect(off.json.detail).toContain('"default"')
    await switchDefault(true)
    expect((await post(`${id}/resend`)).status).toBe(202)

    const { json: short } = await http.call('POST', '/api/v1/webhooks', { body: { url: 'https://short.example/' } })
    await newDelivery()
    await http.call('DELETE', `/api/v1/webhooks/${short.id}`)
    const [orphan] = (await http.call('GET', `/api/v1/deliveries?webhook=${short.id}`)).json.data
    const removed = await post(`${orphan.id}/resend`)
    expect(removed.json).toMatchObject({ code: 'webhook.disabled', detail: expect.stringContaining('was removed') })
  })
})

describe('POST /api/v1/deliveries/<id>/discard', () => {
  test('ends a delivery that waits; it is not sent, and a resend takes it up again', async () => {
    const id = await newDelivery()
    const answer = await post(`${id}/discard`)
    expect(answer.status).toBe(200)
    expect(deliverySchema.parse(answer.json)).toMatchObject({ id, status: 'discarded', next_attempt_at: null })
    await expect(http.attemptDelivery()).rejects.toThrow('no delivery is due')
    expect((await post(`${id}/resend`)).status).toBe(202)
    expect(await http.attemptDelivery()).toBe(id)
  })

  test('of a resend it leaves the delivery as delivered as it was', async () => {
    const id = await newDelivery()
    await http.attemptDelivery()
    await post(`${id}/resend`)
    expect((await post(`${id}/discard`)).json).toMatchObject({ status: 'delivered', next_attempt_at: null })
  })

  test('one that has ended is a 409 that names its status', async () => {
    const id = await newDelivery()
    await http.attemptDelivery(FAILED)
    const answer = await post(`${id}/discard`)
    expect(answer.json).toMatchObject({
      status: 409,
      code: 'delivery.ended',
      detail: expect.stringContaining('"failed"'),
    })
    const other = await newDelivery()
    await post(`${other}/discard`)
    expect((await post(`${other}/discard`)).json.detail).toContain('"discarded"')
  })
})

test.each(['resend', 'discard'])('%s of an unknown, foreign or impossible delivery is the same 404', async (action) => {
  const id = await newDelivery()
  const { key } = await http.addAccount(newId())
  const headers = { authorization: `Bearer ${key}`, 'x-request-id': 'same' }
  const ids = [id, newId(), 'nonsense']
  const answers = await Promise.all(
    ids.map((each) => http.call('POST', `/api/v1/deliveries/${each}/${action}`, { headers })),
  )
  for (const answer of answers) {
    expect(answer.status).toBe(404)
    expect(answer.text).toBe(answers[0]?.text)
  }
  expect((await show(id)).status).toBe('waiting')
})

describe('POST /api/v1/deliveries/recover', () => {
  test('takes up what failed or was discarded in the range, and nothing that was delivered or waits', async () => {
    const failed = await newDelivery()
    await http.attemptDelivery(FAILED)
    const delivered = await newDelivery()
    await http.attemptDelivery()
    const discarded = await newDelivery()
    await switchDefault(false)
    await switchDefault(true)
    http.clock.move(7_200_000)
    await newDelivery()
    await http.attemptDelivery(FAILED)
    const range = { since: SINCE, until: UNTIL }

    const counted = await post('recover', { ...range, dry_run: true })
    expect([counted.status, counted.json]).toEqual([200, { recoverable: 2, skipped: 0 }])
    expect((await show(failed)).status).toBe('failed')

    expect((await post('recover', range)).json).toEqual({ recovered: 2, skipped: 0, more: false })
    expect((await post('recover', range)).json).toEqual({ recovered: 0, skipped: 0, more: false })
    const sent = [await http.attemptDelivery(), await http.attemptDelivery()]
    expect(sent.toSorted()).toEqual([failed, discarded].toSorted())
    await expect(http.attemptDelivery()).rejects.toThrow('no delivery is due')
    expect((await show(failed)).attempts.map(({ number }: { number: number }) => number)).toEqual([1, 2])
    expect((await show(delivered)).attempt_count).toBe(1)
  })

  test('passes by what belongs to a webhook that is off, and counts it', async () => {
    await newDelivery()
    await http.attemptDelivery(FAILED)
    await switchDefault(false)
    const range = { since: SINCE, until: UNTIL }
    expect((await post('recover', { ...range, dry_run: true })).json).toEqual({ recoverable: 0, skipped: 1 })
    expect((await post('recover', range)).json).toEqual({ recovered: 0, skipped: 1, more: false })
  })

  test('of one webhook takes up only that one’s', async () => {
    const { json: other } = await http.call('POST', '/api/v1/webhooks', { body: { url: 'https://other.example/' } })
    await newDelivery()
    await http.attemptDelivery(FAILED)
    await http.attemptDelivery(FAILED)
    const range = { since: SINCE, until: UNTIL }
    expect((await post('recover', { ...range, webhook: other.name, dry_run: true })).json.recoverable).toBe(1)
    expect((await post('recover', { ...range, webhook: other.id })).json.recovered).toBe(1)
    expect((await post('recover', { ...range, dry_run: true })).json.recoverable).toBe(1)
    expect((await post('recover', { ...range, webhook: 'unheard-of' })).json.code).toBe('webhook.not_found')
    expect((await post('recover', { ...range, cause: 'tls', dry_run: true })).json.recoverable).toBe(0)
    expect((await post('recover', { ...range, cause: 'magic' })).json.errors[0].field).toBe('cause')
  })

  test('another account’s deliveries are not touched', async () => {
    await newDelivery()
    await http.attemptDelivery(FAILED)
    const { headers } = await http.addAccount(newId())
    const answer = await http.call('POST', '/api/v1/deliveries/recover', {
      headers,
      body: { since: SINCE, until: UNTIL },
    })
    expect(answer.json).toEqual({ recovered: 0, skipped: 0, more: false })
  })

  test.each<[body: unknown, field: string, message: string]>([
    [{ since: SINCE }, 'until', 'ISO 8601'],
    [{ until: UNTIL }, 'since', 'ISO 8601'],
    [{ since: 'yesterday', until: UNTIL }, 'since', 'ISO 8601'],
    [{ since: '2026-01-31T08:00:00', until: UNTIL }, 'since', 'with its zone'],
    [{ since: UNTIL, until: SINCE }, 'until', 'later than since'],
    [{ since: SINCE, until: SINCE }, 'until', 'later than since'],
    [{ since: '2025-12-01T00:00:00Z', until: '2026-01-01T00:00:00.001Z' }, 'until', 'at most 31d after since'],
    [{ since: SINCE, until: UNTIL, dry_run: 'yes' }, 'dry_run', 'boolean'],
    [{ since: SINCE, until: UNTIL, status: 'failed' }, 'status', 'not known'],
  ])('refuses %j with the field', async (body, field, message) => {
    const answer = await post('recover', body)
    expect(answer.status).toBe(422)
    expect(answer.json.errors[0]).toEqual({ field, message: expect.stringContaining(message) })
  })

  test('31 days are the most', async () => {
    const body = { since: '2025-12-01T00:00:00Z', until: '2026-01-01T01:00:00+01:00' }
    expect((await post('recover', body)).status).toBe(200)
  })
})

describe('POST /api/v1/deliveries/recover with missed', () => {
  const missed = (change: object = {}) =>
    post('recover', { since: SINCE, until: UNTIL, webhook: 'default', missed: true, ...change })

  /** A job that ends now, in whichever state the webhooks are. */
  async function endJob(
    path = 'detect_urls',
    end: Parameters<TestHttp['finishJob']>[1] = { status: 'success', result: '["x"]' },
  ) {
    const { json } = await http.call('POST', `/api/v1/content/${path}`, { body: { content: 'x', language: 'Italian' } })
    await http.finishJob(json.job_id, end)
    return json.job_id as string
  }

  test('tells a webhook of what ended while it was off, with the bodies that it would have got, each once', async () => {
    await http.call('PATCH', '/api/v1/webhooks/default', { body: { include_result: true } })
    await newDelivery()
    await switchDefault(false)
    const ended = await endJob()
    const failed = await endJob('translate', { status: 'failed', error: { code: 'job.timeout', message: 'too late' } })
    expect((await missed({ dry_run: true })).json).toEqual({ recoverable: 0, skipped: 2 })
    expect((await missed()).json).toEqual({ recovered: 0, skipped: 2, more: false })

    await switchDefault(true)
    expect((await missed({ dry_run: true })).json).toEqual({ recoverable: 2, skipped: 0 })
    expect((await missed()).json).toEqual({ recovered: 2, skipped: 0, more: false })
    expect((await missed()).json).toEqual({ recovered: 0, skipped: 0, more: false })
    const [delivery] = (await http.call('GET', `/api/v1/deliveries?job_id=${ended}`)).json.data
    expect(await show(delivery.id)).toMatchObject({
      status: 'waiting',
      trigger: 'job',
      job_status: 'success',
      body: `{"id":"${ended}","status":"success","type":"content_detect_urls","result":["x"]}`,
    })
    const [second] = (await http.call('GET', `/api/v1/deliveries?job_id=${failed}`)).json.data
    expect(JSON.parse((await show(second.id)).body)).toEqual({
      id: failed,
      status: 'failed',
      type: 'content_translate',
      error: { code: 'job.timeout', message: 'too late' },
      result: null,
    })
  })

  test('a webhook that is new can be told of what was before, by its filters', async () => {
    await switchDefault(false)
    const told = await endJob()
    await endJob('translate')
    const body = { url: 'https://new.example/', name: 'new', job_types: ['content_detect_urls'] }
    await http.call('POST', '/api/v1/webhooks', { body })
    expect((await missed({ webhook: 'new' })).json.recovered).toBe(1)
    const { data } = (await http.call('GET', '/api/v1/deliveries?webhook=new')).json
    expect(data.map(({ job_id }: { job_id: string }) => job_id)).toEqual([told])
  })

  test('jobs with a job webhook were told to that; the account may want both', async () => {
    await switchDefault(false)
    const headers = { 'job-webhook': 'https://job.example/' }
    const { json } = await http.call('POST', '/api/v1/content/detect_urls', { body: { content: 'x' }, headers })
    await http.finishJob(json.job_id, { status: 'success', result: '[]' })
    await switchDefault(true)
    expect((await missed({ dry_run: true })).json.recoverable).toBe(0)
    await http.call('PATCH', '/api/v1/account', { body: { job_webhook: 'also' } })
    expect((await missed()).json.recovered).toBe(1)
  })

  test.each<[change: object, field: string, message: string]>([
    [{ webhook: undefined }, 'webhook', 'must name the one webhook'],
    [{ webhook: 'operational' }, 'webhook', 'is not told of jobs'],
    [{ cause: 'tls' }, 'cause', 'why an attempt failed'],
    [{ missed: 'yes' }, 'missed', 'boolean'],
    [{ until: '2026-03-31T10:00:00Z' }, 'until', 'at most 31d after since'],
  ])('refuses %j with the field', async (change, field, message) => {
    const answer = await missed(change)
    expect(answer.status).toBe(422)
    expect(answer.json.errors[0]).toEqual({ field, message: expect.stringContaining(message) })
  })

  test('one call tells of no more than its bound and says that there is more', async () => {
    await switchDefault(false)
    for (let count = 0; count < 5; count++) await endJob()
    await switchDefault(true)
    const webhook = await http.store.findWebhook(http.accountId, 'default')
    if (!webhook) throw new Error('every account has a default webhook')
    const filter = { accountId: http.accountId, webhookId: webhook.id, since: 0, until: http.clock.now() + 1 }
    const tell = () =>
      recoverMissed(http.deps, webhook, { ...filter, besideJobWebhooks: false }, { now: http.clock.now(), most: 2 })
    const answers = [await tell(), await tell(), await tell(), await tell()]
    expect(answers.map(({ recovered, more }) => [recovered, more])).toEqual([
      [2, true],
      [2, true],
      [1, false],
      [0, false],
    ])
  })
})
