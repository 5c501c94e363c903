import { beforeAll, expect, test } from 'vitest'
import { createSqliteDatabase } from './harness/ringback.ts'
import { talkTo } from './harness/talk.ts'
import { until } from './harness/until.ts'
import { useReceiver } from './harness/use-receivers.ts'
import { useRingback } from './harness/use-ringback.ts'

// Addresses that were allowed when they were saved and are not any more: nothing reaches them, whatever sends.

/** So many failures make an address failing, of which `operational` is told. */
const FAILURES = 5

const ringback = useRingback(createSqliteDatabase, {}, 'suite')
const receiver = useReceiver('suite')
const talk = talkTo(() => ringback)

beforeAll(async () => {
  for (const id of ['default', 'operational']) {
    await talk.setWebhook(id, { enabled: true, url: receiver.url, secret: 'correct horse battery staple' })
  }
  await ringback.stop()
  await ringback.start({
    env: { RINGBACK_ALLOW_PRIVATE_TARGETS: '10.99.0.0/24', RINGBACK_WEBHOOK_RETRY_SCHEDULE: '' },
  })
})

test('webhooks, operational webhooks, the test button and job webhooks have one guard', async () => {
  await talk.dispatchMany(FAILURES)
  const failed = await talk.deliveriesAre('trigger=job&status=failed', FAILURES)
  expect(new Set(failed.map(({ last_cause }) => last_cause))).toEqual(new Set(['blocked_address']))

  const event = await until('the event about it has failed too', async () => {
    ringback.clock.move(1_000)
    // Beside the one of each delivery that failed for good, in whichever order.
    const events = await talk.deliveries('trigger=event&status=failed')
    return events.find(({ job_type }) => job_type === 'webhook.failing') ?? null
  })
  expect(event).toMatchObject({ job_type: 'webhook.failing', last_cause: 'blocked_address' })

  for (const id of ['default', 'operational']) {
    const tried = await talk.call('POST', `/webhooks/${id}/test`)
    expect([tried.status, tried.json.code]).toEqual([422, 'webhook.url_not_allowed'])
  }
  const asJobWebhook = await talk.call(
    'POST',
    '/content/detect_emails',
    { content: 'x' },
    { 'Job-Webhook': receiver.url },
  )
  expect(asJobWebhook.status).toBe(422)

  expect(receiver.requests).toEqual([])
})
