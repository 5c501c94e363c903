import { createHash } from 'node:crypto'
import { type DeliveryDetail, INBOX_URL, inboxReportSchema } from '@ringback/contract'
import { expect, test } from 'vitest'
import { describeEngines, startRingback } from './harness/ringback.ts'
import { talkAsOther, talkTo } from './harness/talk.ts'
import { useRingback } from './harness/use-ringback.ts'

const TO_INBOX = { 'job-webhook': INBOX_URL }

/** As servers are set up by default: no address of the own network, no http. */
const STRICT = { RINGBACK_ALLOW_HTTP_TARGETS: 'false', RINGBACK_ALLOW_PRIVATE_TARGETS: '' }

const reportOf = ({ attempts }: DeliveryDetail, index = 0) =>
  inboxReportSchema.parse(JSON.parse(attempts[index]?.response?.body ?? ''))

/** How often a process looks for work that nobody told it of, at the latest: `POLL_MS` of `lib/work-loop.ts`. */
const LOOK_MS = 5_000

describeEngines('the inbox', (createDatabase) => {
  const ringback = useRingback(createDatabase, { env: STRICT })
  const talk = talkTo(() => ringback)

  test('gets the signed webhook of a job over a socket, verifies it, and is on record like every attempt', async () => {
    await talk.setWebhook('default', { secret: 'a secret of tests', include_result: true })
    const jobId = await talk.dispatch(TO_INBOX)
    const delivery = await talk.deliveryOf(jobId, 'status=delivered')
    const [attempt] = delivery.attempts
    expect(delivery).toMatchObject({ webhook_id: null, url: INBOX_URL })
    expect(JSON.parse(delivery.body ?? '')).toMatchObject({ id: jobId, result: ['anna@example.com'] })
    expect(attempt).toMatchObject({ cause: null, response: { status: 200 }, request: { url: INBOX_URL } })
    expect(attempt?.remote_address).toMatch(/^127\.0\.0\.1:\d+$/)
    expect(attempt?.timing.connect_ms).toBeGreaterThan(0)

    const report = reportOf(delivery)
    expect(report).toMatchObject({
      x_signature: 'verified',
      webhook_signature: 'verified',
      secret: 'default',
      body_bytes: Buffer.byteLength(delivery.body ?? ''),
      body_sha256: createHash('sha256')
        .update(delivery.body ?? '')
        .digest('hex'),
    })
    // What is on record as sent is what came.
    expect(report.headers).toEqual(attempt?.request.headers)
  })

  test('works before anybody has set a secret or a webhook, with a secret of its own', async () => {
    const delivery = await talk.deliveryOf(await talk.dispatch(TO_INBOX), 'status=delivered')
    expect(reportOf(delivery)).toMatchObject({
      x_signature: 'verified',
      webhook_signature: 'verified',
      secret: 'inbox',
    })
  })

  test('takes a resend with the same body and id, and the accounts have one each', async () => {
    const jobId = await talk.dispatch(TO_INBOX)
    const { id } = await talk.deliveryOf(jobId, 'status=delivered')
    expect((await talk.call('POST', `/deliveries/${id}/resend`)).status).toBe(202)
    const again = await talk.deliveryOf(jobId, 'status=delivered')
    await expect.poll(async () => (await talk.delivery(id)).attempts.length).toBe(2)
    const { attempts } = await talk.delivery(again.id)
    expect(attempts.map(({ request }) => request.headers.find(([name]) => name === 'webhook-id')?.[1])).toEqual([
      id,
      id,
    ])

    const other = await talkAsOther(() => ringback, 'other')
    const theirs = await other.deliveryOf(await other.dispatch(TO_INBOX), 'status=delivered')
    expect((await talk.call('GET', `/deliveries/${theirs.id}`)).status).toBe(404)
  })

  test('opens nothing else: its socket, and any other private address, stay refused', async () => {
    const { attempts } = await talk.deliveryOf(await talk.dispatch(TO_INBOX), 'status=delivered')
    const [attempt] = attempts
    for (const url of [`http://${attempt?.remote_address}/`, `https://${attempt?.remote_address}/`, INBOX_URL]) {
      const saved = await talk.call('PATCH', '/webhooks/default', { url })
      expect(saved.json, url).toMatchObject({ status: 422, code: 'webhook.url_not_allowed' })
    }
    const { port } = new URL(`http://${attempt?.remote_address}`)
    await talk.setWebhook('default', { secret: 'a secret of tests' })
    const dispatched = await talk.call(
      'POST',
      '/content/detect_emails',
      { content: 'x' },
      {
        'job-webhook': `https://127.0.0.1:${port}/`,
      },
    )
    expect(dispatched.json.code).toBe('webhook.url_not_allowed')
  })
})

describeEngines('the inbox, with several processes', (createDatabase) => {
  const api = useRingback(createDatabase, { env: { ...STRICT, RINGBACK_ROLES: 'api' } })
  const talk = talkTo(() => api)

  test('a job that one process takes is sent to the inbox by another, and shown by the first', async () => {
    const worker = await startRingback(api.database, { env: { ...STRICT, RINGBACK_ROLES: 'runner,courier' } })
    const jobId = await talk.dispatch(TO_INBOX)
    // With SQLite nobody tells it of the job: it looks every so often.
    worker.clock.move(LOOK_MS)
    const delivery = await talk.deliveryOf(jobId, 'status=delivered')
    expect(reportOf(delivery)).toMatchObject({ x_signature: 'verified', webhook_signature: 'verified' })
    await worker.stop()
  })
})
