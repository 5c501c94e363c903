import { AppError } from '../lib/errors.ts'
import type { NewTestDelivery } from '../store/deliveries.ts'
import type { WebhookRow } from '../store/webhooks.ts'
import { buildOperationalEvent } from './operational-event.ts'
import { buildSampleBodies } from './sample.ts'
import { urlMissing, type WebhookSettingsOptions } from './wanted-settings.ts'

/**
 * Sends a webhook what it would be told: a finished job, or for `operational` that a webhook has recovered. By the way
 * of all deliveries, whether the webhook is on or off.
 * @returns the id of the delivery
 * @throws AppError `webhook.url_missing`, `webhook.secret_missing`, `webhook.url_not_allowed`
 */
export async function sendTest(
  { store, guard, clock, newId }: WebhookSettingsOptions,
  webhook: WebhookRow,
): Promise<string> {
  if (webhook.url === null) throw urlMissing('tested')
  if (webhook.sealedSecret === null) throw secretMissing()
  await guard.checkUrl(webhook.url, 'url')
  const id = newId()
  const createdAt = clock.now()
  const sample = webhook.purpose === 'operations' ? sampleEvent(webhook, createdAt) : sampleJob(webhook, newId())
  await store.insertTestDelivery({ id, accountId: webhook.accountId, webhookId: webhook.id, createdAt, ...sample })
  return id
}

type Sample = Pick<NewTestDelivery, 'jobType' | 'jobStatus' | 'body'>

function sampleJob(webhook: WebhookRow, jobId: string): Sample {
  const { type, status, body, bodyWithResult } = buildSampleBodies(jobId)
  return { jobType: type, jobStatus: status, body: webhook.includeResult ? bodyWithResult : body }
}

/** The event that asks nobody to act, about the webhook itself. */
function sampleEvent(webhook: WebhookRow, now: number): Sample {
  const healthy = {
    state: 'healthy',
    toldState: 'failing',
    failures: 0,
    failingSince: null,
    lastFailureAt: null,
    pausedUntil: null,
  } as const
  const { type, body } = buildOperationalEvent(
    {
      ...healthy,
      id: webhook.id,
      accountId: webhook.accountId,
      webhookId: webhook.id,
      origin: null,
      lastSuccessAt: now,
      lastCause: null,
    },
    webhook,
    now,
  )
  return { jobType: type, jobStatus: 'success', body }
}

export function secretMissing(): AppError {
  const message = 'is not set; without it nothing can be signed'
  return new AppError('webhook.secret_missing', {
    detail: `The secret ${message}.`,
    fields: [{ field: 'secret', message }],
  })
}
