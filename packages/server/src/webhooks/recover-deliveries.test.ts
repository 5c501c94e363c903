import { beforeAll, expect, test } from 'vitest'
import { useTestHttp } from '../../test/harness/use-test-http.ts'
import { recoverAll } from './recover-deliveries.ts'

const http = useTestHttp()
beforeAll(async () => {
  const body = { enabled: true, url: 'https://receiver.example/', secret: 'chosen secret', retry_schedule: [] }
  await http.call('PATCH', '/api/v1/webhooks/default', { body })
  for (let count = 0; count < 5; count++) {
    const { json } = await http.call('POST', '/api/v1/content/detect_urls', { body: { content: 'x' } })
    await http.finishJob(json.job_id, { status: 'success', result: '[]' })
  }
  await http.call('PATCH', '/api/v1/webhooks/default', { body: { enabled: false } })
  await http.call('PATCH', '/api/v1/webhooks/default', { body: { enabled: true } })
})

test('one call recovers no more than its bound and says that there is more; the next calls take the rest', async () => {
  const { store, clock, accountId } = http
  const filter = { accountId, since: 0, until: clock.now() + 1 }
  const options = { now: clock.now(), most: 2 }
  expect(await recoverAll(store, filter, options)).toEqual({ recovered: 2, skipped: 0, more: true })
  expect(await recoverAll(store, filter, options)).toEqual({ recovered: 2, skipped: 0, more: true })
  expect(await recoverAll(store, filter, options)).toEqual({ recovered: 1, skipped: 0, more: false })
  expect(await recoverAll(store, filter, options)).toEqual({ recovered: 0, skipped: 0, more: false })
})
