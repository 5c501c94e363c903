import { describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { newId } from '../../lib/ids.ts'

const URL = 'https://receiver.example/hook'

const http = useTestHttp()

/** An account of its own with one webhook, `rules`, with every rule set. */
async function freshWebhook() {
  const { accountId, headers } = await http.addAccount(newId())
  const call = (method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown) =>
    http.call(method, `/api/v1${path}`, { headers, body })
  const created = await call('POST', '/webhooks', {
    name: 'rules',
    url: URL,
    secret: 'chosen secret',
    include_result: true,
    job_types: ['content_translate', 'content_summarize'],
    job_statuses: ['success'],
    headers: { 'X-Env': 'prod', 'X-Token': 'hunter2' },
    retry_schedule: ['10s'],
    rate_limit_per_second: 50,
  })
  expect(created.status).toBe(201)
  return {
    accountId,
    call,
    created: created.json,
    get: () => call('GET', '/webhooks/rules'),
    patch: (body: unknown) => call('PATCH', '/webhooks/rules', body),
    /** Ends a job; gives the names of the webhooks that are told. */
    async toldOf(path: string, status: 'success' | 'failed') {
      const { json } = await call('POST', `/content/${path}`, { content: 'x', language: 'Italian' })
      const error = { code: 'job.timeout', message: 'too long' } as const
      await http.finishJob(json.job_id, status === 'success' ? { status, result: '[]' } : { status, error })
      const rows = await http.store.listDeliveries({ accountId, jobId: json.job_id, limit: 10 })
      return rows.length
    },
  }
}

describe('each rule is changed alone', () => {
  test.each<[wanted: Record<string, unknown>, shown?: Record<string, unknown>]>([
    [{ enabled: true }],
    [{ enabled: false }, { enabled: false, state: 'disabled' }],
    [{ name: 'renamed' }],
    [
      { secret: 'another chosen secret' },
      { previous_secret_until: '2026-02-01T08:50:11.188Z', has_previous_secret: true },
    ],
    [{ asymmetric_signature: true }, { asymmetric_signature: true, public_key: expect.stringMatching(/^whpk_/) }],
    [{ include_result: false }],
    [{ url: 'https://elsewhere.example/' }],
    [{ job_types: ['content_detect_urls'] }],
    [{ job_types: null }],
    [{ job_types: ['content_translate', 'content_translate'] }, { job_types: ['content_translate'] }],
    [{ job_statuses: ['failed', 'success'] }],
    [{ job_statuses: null }],
    [{ headers: { 'X-Env': null } }, { headers: { 'X-Token': { value: '********', secret: true } } }],
    [{ headers: null }, { headers: {} }],
    [{ retry_schedule: [] }],
    [{ retry_schedule: null }],
    [{ retry_schedule: ['60s', '3600s'] }, { retry_schedule: ['1m', '1h'] }],
    [{ rate_limit_per_second: 1_000 }],
    [{ rate_limit_per_second: null }],
    [{}],
  ])('%j leaves all others', async (wanted, shown = wanted) => {
    const { created, call, patch } = await freshWebhook()
    const answer = await patch(wanted)
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({ ...created, ...shown })
    expect((await call('GET', `/webhooks/${created.id}`)).json).toEqual(answer.json)
  })

  test('what was shown can be sent back as it is, and changes nothing', async () => {
    const { accountId, created, patch } = await freshWebhook()
    const before = await http.store.findWebhook(accountId, 'rules')
    const { headers, job_types, job_statuses, retry_schedule, rate_limit_per_second, url, include_result } = created
    const form = { headers, job_types, job_statuses, retry_schedule, rate_limit_per_second, url, include_result }
    expect((await patch(form)).json).toEqual(created)
    expect(await http.store.findWebhook(accountId, 'rules')).toEqual(before)
  })
})

describe('what is wrong is refused with field and reason, and nothing is saved', () => {
  test.each<[wanted: unknown, field: string, message: string]>([
    [{ job_types: ['content_translate', 'content_dance'] }, 'job_types.1', '"content_dance"; known are content_detect'],
    [{ job_types: [] }, 'job_types', 'nothing would ever be told'],
    [{ job_types: 'content_translate' }, 'job_types', 'must be an array'],
    [{ job_types: [5] }, 'job_types.0', ''],
    [{ job_statuses: [] }, 'job_statuses', 'nothing would ever be told'],
    [{ job_statuses: ['pending'] }, 'job_statuses.0', '"success", "failed"'],
    [{ headers: { Host: 'x' } }, 'headers.Host', 'belongs to the connection'],
    [{ headers: { 'X-Env': 5 } }, 'headers.X-Env', 'must be a string'],
    [{ headers: ['X-Env'] }, 'headers', 'must be a JSON object'],
    [{ retry_schedule: ['soon'] }, 'retry_schedule.0', 'is not a duration'],
    [{ retry_schedule: '10s' }, 'retry_schedule', 'must be an array'],
    [{ retry_schedule: Array(21).fill('1s') }, 'retry_schedule', '20 at most'],
    [{ retry_schedule: Array(8).fill('1d') }, 'retry_schedule', 'longer than 7d'],
    [{ rate_limit_per_second: 0 }, 'rate_limit_per_second', 'at least 1'],
    [{ rate_limit_per_second: 1_001 }, 'rate_limit_per_second', 'at most 1000'],
    [{ rate_limit_per_second: 1.5 }, 'rate_limit_per_second', 'whole number'],
  ])('%j', async (wanted, field, message) => {
    const { created, get, patch } = await freshWebhook()
    const answer = await patch(wanted)
    expect(answer.status).toBe(422)
    expect(answer.json.errors[0]).toEqual({ field, message: expect.stringContaining(message) })
    expect((await get()).json).toEqual(created)
  })

  test('several fields at once are told at once', async () => {
    const { patch } = await freshWebhook()
    const wanted = { headers: { Host: 'x' }, retry_schedule: ['1ms'], secret: 'whsec_ab', url: 'https://10.0.0.1/' }
    const { json } = await patch(wanted)
    expect(json.errors.map(({ field }: { field: string }) => field).toSorted()).toEqual(
      ['headers.Host', 'retry_schedule.0', 'secret', 'url'].toSorted(),
    )
  })

  test('credentials in the URL and an Authorization header exclude each other, whichever comes second', async () => {
    const withUrl = await freshWebhook()
    await withUrl.patch({ url: 'https://me:hidden@receiver.example/' })
    expect((await withUrl.patch({ headers: { authorization: 'Bearer x' } })).json.errors[0].field).toBe(
      'headers.Authorization',
    )
    const withHeader = await freshWebhook()
    await withHeader.patch({ headers: { authorization: 'Bearer x' } })
    const { status } = await withHeader.patch({ url: 'https://me:hidden@receiver.example/' })
    expect(status).toBe(422)
    const wanted = { url: 'https://me:hidden@receiver.example/', headers: { Authorization: null } }
    expect((await withHeader.patch(wanted)).status).toBe(200)
  })
})

describe('filters', () => {
  test('only jobs that pass both are told, from the next job on', async () => {
    const { patch, toldOf } = await freshWebhook()
    expect(await toldOf('translate', 'success')).toBe(1)
    expect(await toldOf('translate', 'failed')).toBe(0)
    expect(await toldOf('detect_urls', 'success')).toBe(0)
    await patch({ job_types: null })
    expect(await toldOf('detect_urls', 'success')).toBe(1)
    await patch({ job_statuses: null })
    expect(await toldOf('detect_urls', 'failed')).toBe(1)
  })

  test('a webhook that is off is told nothing, and switched on it is told of new jobs only', async () => {
    const { accountId, patch, toldOf } = await freshWebhook()
    await patch({ job_types: null, enabled: false })
    expect(await toldOf('detect_urls', 'success')).toBe(0)
    await patch({ enabled: true })
    expect(await http.store.listDeliveries({ accountId, limit: 10 })).toEqual([])
    expect(await toldOf('detect_urls', 'success')).toBe(1)
  })
})

describe('the webhook `operational`', () => {
  test('takes switch, URL, secret, headers, schedule and rate', async () => {
    const { call } = await freshWebhook()
    const form = { enabled: true, url: URL, retry_schedule: ['1m'], rate_limit_per_second: 1 }
    const answer = await call('PATCH', '/webhooks/operational', { ...form, headers: { 'X-Env': 'prod' } })
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({ ...form, name: 'operational', secret: expect.stringMatching(/^whsec_/) })
  })

  test.each([{ job_types: ['content_translate'] }, { job_statuses: ['failed'] }, { include_result: true }])(
    'refuses %j: it is not told of jobs',
    async (wanted) => {
      const { call } = await freshWebhook()
      const { json } = await call('PATCH', '/webhooks/operational', wanted)
      expect(json).toMatchObject({
        code: 'request.invalid',
        errors: [{ field: Object.keys(wanted)[0], message: expect.stringContaining('what happens to webhooks') }],
      })
      const nothing = { job_types: null, job_statuses: null, include_result: false }
      expect((await call('PATCH', '/webhooks/operational', nothing)).status).toBe(200)
    },
  )

  test('its test is an event and no job', async () => {
    const { accountId, call } = await freshWebhook()
    await call('PATCH', '/webhooks/operational', { enabled: true, url: URL })
    await http.deps.webhookSettings.sendTest(accountId, 'operational')
    const [row] = await http.store.listDeliveries({ accountId, limit: 1 })
    const { json } = await call('GET', `/deliveries/${row?.id}`)
    expect(json).toMatchObject({ trigger: 'test', job_id: null, job_type: 'webhook.recovered' })
    expect(JSON.parse(json.body)).toMatchObject({ type: 'webhook.recovered', data: { webhook_name: 'operational' } })
  })
})
