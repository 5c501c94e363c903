import type { FastifyRequest } from 'fastify'
import { AppError } from '../../lib/errors.ts'
import type { WebhookStore } from '../../store/webhooks.ts'
import type { UrlGuard } from '../../webhooks/url-guard.ts'
import { invalidRequest } from '../zod-problems.ts'

/** As Node writes header names. */
const HEADER = 'job-webhook'

/** What error answers call the header that names the address of one job's webhook. */
const FIELD = 'header Job-Webhook'

/** The webhook whose secret signs job webhooks (design 3.2). */
const SIGNING_WEBHOOK = 'default'

/**
 * Reads the `Job-Webhook` header of a dispatch, checked and normalised. Everything that would make the delivery fail
 * later is said now, while somebody looks at the answer.
 * @throws AppError `request.invalid` (empty, or sent twice), `webhook.url_not_allowed`, `webhook.secret_missing`
 */
export type ReadJobWebhook = (request: FastifyRequest, accountId: string) => Promise<string>

export function createJobWebhookReader(deps: {
  guard: Pick<UrlGuard, 'checkUrl'>
  store: Pick<WebhookStore, 'findWebhook'>
}): ReadJobWebhook {
  return async (request, accountId) => {
    const url = await deps.guard.checkUrl(headerValue(request), FIELD)
    const webhook = await deps.store.findWebhook(accountId, SIGNING_WEBHOOK)
    if (webhook?.sealedSecret == null) {
      const message = 'cannot be signed: the webhook "default" has no secret; PATCH /api/v1/webhooks/default sets one'
      throw new AppError('webhook.secret_missing', {
        detail: `${FIELD}: ${message}`,
        fields: [{ field: FIELD, message }],
      })
    }
    return url
  }
}

/** An empty header is an error and not "no job webhook": it is a setting that was forgotten, and nobody would be told. */
function headerValue(request: FastifyRequest): string {
  // `headers` joins repeated headers with a comma, which a URL may contain too; rawHeaders has name, value, name, …
  const { rawHeaders } = request.raw
  const values = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === HEADER)
  const [value, second] = values
  const problem = (message: string) => invalidRequest([{ field: FIELD, message }])
  if (second !== undefined) throw problem('was sent more than once; a job has one job webhook')
  const url = value?.trim() ?? ''
  if (url === '') throw problem('is empty; leave the header out, or send the URL to call')
  return url
}
