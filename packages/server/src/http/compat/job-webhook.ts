import { INBOX_URL } from '@ringback/contract'
import { AppError } from '../../lib/errors.ts'
import type { WebhookStore } from '../../store/webhooks.ts'
import type { UrlGuard } from '../../webhooks/url-guard.ts'

/** The header that names the address of one job's webhook, as Node writes header names and as errors call it. */
export const JOB_WEBHOOK_HEADER = 'job-webhook'
export const JOB_WEBHOOK_FIELD = 'header Job-Webhook'

/** The webhook whose secret signs job webhooks (design 3.2). */
const SIGNING_WEBHOOK = 'default'

/**
 * Checks the value of a `Job-Webhook` header and normalises it. Everything that would make the delivery fail later is
 * said now, while somebody looks at the answer. The inbox needs neither: it is no address of the network, and has a secret
 * of its own while the account has none.
 * @throws AppError `webhook.url_not_allowed`, `webhook.secret_missing`
 */
export type CheckJobWebhook = (value: string, accountId: string) => Promise<string>

export function createJobWebhookCheck(deps: {
  guard: Pick<UrlGuard, 'checkUrl'>
  store: Pick<WebhookStore, 'findWebhook'>
}): CheckJobWebhook {
  return async (value, accountId) => {
    if (value === INBOX_URL) return INBOX_URL
    const url = await deps.guard.checkUrl(value, JOB_WEBHOOK_FIELD)
    const webhook = await deps.store.findWebhook(accountId, SIGNING_WEBHOOK)
    if (webhook?.sealedSecret == null) {
      const message = 'cannot be signed: the webhook "default" has no secret; PATCH /api/v1/webhooks/default sets one'
      throw new AppError('webhook.secret_missing', {
        detail: `${JOB_WEBHOOK_FIELD}: ${message}`,
        fields: [{ field: JOB_WEBHOOK_FIELD, message }],
      })
    }
    return url
  }
}
