import { expect } from 'vitest'
import type { Store } from '../store.ts'

/**
 * Rows of a database that the first version wrote, in SQL that both engines understand: an account with a webhook, and
 * deliveries that wait, failed and arrived, to the webhook and to a job webhook.
 */
export const OLD_ROWS = `
  insert into accounts (id, name, created_at) values ('account', 'default', 1);
  insert into webhooks (id, account_id, name, enabled, url, sealed_secret, created_at, updated_at)
    values ('webhook', 'account', 'default', true, 'https://receiver.example/', 'sealed', 1, 1);
  insert into jobs (id, account_id, type, status, input, created_at)
    values ('job', 'account', 'content_translate', 'success', '{}', 1);
  insert into jobs (id, account_id, type, status, input, attempts, due_at, created_at)
    values ('waiting job', 'account', 'content_translate', 'pending', '{}', 2, 30, 1);
  insert into deliveries (id, account_id, webhook_id, job_id, job_type, job_status, trigger, status, url,
    attempt_count, failure_count, next_attempt_at, created_at, finished_at, body) values
    ('waiting', 'account', 'webhook', 'job', 'content_translate', 'success', 'job', 'waiting', null, 1, 1, 50, 2, null, '{}'),
    ('to job webhook', 'account', null, 'job', 'content_translate', 'success', 'job', 'waiting', 'https://job.example/', 0, 0, 40, 2, null, '{}'),
    ('test', 'account', 'webhook', null, 'test', 'success', 'test', 'failed', null, 1, 1, null, 2, 8, '{}'),
    ('delivered', 'account', 'webhook', 'job', 'content_translate', 'success', 'job', 'delivered', null, 1, 0, null, 2, 9, '{}'),
    ('failed', 'account', 'webhook', 'job', 'content_translate', 'success', 'job', 'failed', null, 4, 4, null, 3, 9, '{}');
  insert into attempts (delivery_id, number, started_at, url, request_headers, total_ms)
    values ('delivered', 1, 8, 'https://receiver.example/', '[]', 1.5);
`

/** States that a store that was opened on {@link OLD_ROWS} goes on where the first version stopped. */
export async function expectUpgraded(store: Store): Promise<void> {
  const find = (id: string) => store.findDelivery('account', id)
  expect(await find('delivered')).toMatchObject({ trigger: 'job', deliveredAt: 9 })
  expect(await find('test')).toMatchObject({ trigger: 'test', status: 'failed', deliveredAt: null })
  expect(await store.listAttempts('delivered')).toMatchObject([{ number: 1, resend: false }])
  expect(await store.findWebhook('account', 'operational')).toMatchObject({ purpose: 'operations', enabled: false })
  expect(await store.findAddress('webhook')).toMatchObject({ state: 'healthy', webhookId: 'webhook' })

  expect(await store.nextDeliveryDueAt(0)).toBe(40)
  await store.insertProcess({ id: 'process', host: 'here', pid: 1, startedAt: 1, expiresAt: 1_000 })
  const claim = (now: number) => store.claimDeliveries({ processId: 'process', limit: 10, now })
  const claimJobs = { processId: 'process', limit: 10, now: 30 }
  expect(await store.claimJobs(claimJobs)).toMatchObject([
    { id: 'waiting job', lane: 'offline', attempts: 3, run: 3, interruptions: 0 },
  ])
  expect(await claim(40)).toMatchObject([
    { id: 'to job webhook', webhookId: null, url: 'https://job.example/', sealedSecret: 'sealed' },
  ])
  expect(await claim(50)).toMatchObject([{ id: 'waiting', addressId: 'webhook', failureCount: 1 }])
  const filter = { accountId: 'account', since: 0, until: 100 }
  expect(await store.recoverDeliveries(filter, { limit: 10, now: 60 })).toEqual({ recovered: 1, last: null })
  expect(await claim(60)).toMatchObject([{ id: 'failed', failureCount: 0 }])
}
