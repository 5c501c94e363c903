import { beforeEach, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { showWebhook } from './show-webhook.ts'

const START = '2026-01-31T08:50:11.188Z'

const http = useTestHttp('test')
beforeEach(async () => {
  const body = { enabled: true, url: 'https://receiver.example/hook', secret: 'chosen secret' }
  await http.call('PATCH', '/api/v1/webhooks/default', { body })
})

const health = async () => (await http.call('GET', '/api/v1/webhooks/default')).json

async function endJobs(count: number) {
  for (let done = 0; done < count; done++) {
    const { json } = await http.call('POST', '/api/v1/content/detect_urls', { body: { content: 'x' } })
    await http.finishJob(json.job_id, { status: 'success', result: '[]' })
  }
}

test('a new webhook is healthy, and what waits is counted with its age', async () => {
  expect(await health()).toMatchObject({ state: 'healthy', waiting: 0, oldest_waiting_since: null })
  await endJobs(2)
  http.clock.move(1_000)
  await endJobs(1)
  expect(await health()).toMatchObject({ waiting: 3, oldest_waiting_since: START })
})

test('failures in a row are counted with their cause, then it is failing and paused, and a success ends all of it', async () => {
  await endJobs(6)
  await http.attemptDelivery({ cause: 'timeout', message: 'too slow', responseStatus: null })
  expect(await health()).toMatchObject({
    state: 'healthy',
    consecutive_failures: 1,
    failing_since: START,
    last_success_at: null,
    last_cause: 'timeout',
    paused_until: null,
  })
  for (let count = 1; count < 5; count++) await http.attemptDelivery({ cause: 'status', responseStatus: 500 })
  const failing = await health()
  expect(failing).toMatchObject({ state: 'failing', consecutive_failures: 5, last_cause: 'status', waiting: 1 })
  expect(failing.paused_until > START).toBe(true)

  http.clock.move(Date.parse(failing.paused_until) - http.clock.now())
  expect((await health()).paused_until).toBeNull()
  await http.attemptDelivery()
  expect(await health()).toMatchObject({
    state: 'healthy',
    consecutive_failures: 0,
    failing_since: null,
    last_success_at: failing.paused_until,
    paused_until: null,
    waiting: 0,
  })
})

test('switched off it is disabled, and on again it is healthy with nothing against it', async () => {
  await endJobs(5)
  for (let count = 0; count < 5; count++) await http.attemptDelivery({ cause: 'status', responseStatus: 500 })
  await http.call('PATCH', '/api/v1/webhooks/default', { body: { enabled: false } })
  expect(await health()).toMatchObject({ state: 'disabled', paused_until: null, waiting: 0 })
  await http.call('PATCH', '/api/v1/webhooks/default', { body: { enabled: true } })
  expect(await health()).toMatchObject({ state: 'healthy', consecutive_failures: 0, failing_since: null })
})

test('one that is switched off while it is read is shown as it was: never on and disabled at once', async () => {
  const [row] = (await http.store.listWebhooks(http.accountId)).filter(({ name }) => name === 'default')
  if (!row) throw new Error('every account has a default webhook')
  await http.call('PATCH', '/api/v1/webhooks/default', { body: { enabled: false } })
  expect(await showWebhook(row, http.deps)).toMatchObject({ enabled: true, disabled_reason: null, state: 'healthy' })
  expect(await health()).toMatchObject({ enabled: false, state: 'disabled' })
})
