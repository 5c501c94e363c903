import {
  idParamsSchema,
  pageQuerySchema,
  problemSchema,
  type WebhookChanged,
  webhookChangedSchema,
  webhookChangeSchema,
  webhookPageSchema,
  webhookSchema,
} from '@ringback/contract'
import type { WebhookRow, WebhookStore } from '../../store/webhooks.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { pageOfAll } from './page.ts'
import { showWebhook } from './show-webhook.ts'

/** What the routes of webhooks need of `webhooks/`. Each throws AppError `webhook.not_found`. */
export interface WebhookSettings {
  get(accountId: string, id: string): Promise<WebhookRow>
  /** Changes the fields that are given. A secret that it had to make is `generatedSecret`, which is shown once. */
  change(
    accountId: string,
    id: string,
    change: {
      readonly enabled?: boolean
      readonly url?: string | null
      readonly secret?: string
      readonly includeResult?: boolean
    },
  ): Promise<{ webhook: WebhookRow; generatedSecret: string | null }>
  /** Adds a test delivery that is due at once. */
  sendTest(accountId: string, id: string): Promise<{ deliveryId: string }>
}

/** `GET /api/v1/webhooks` */
export function listWebhooks(deps: { store: Pick<WebhookStore, 'listWebhooks'> }): Endpoint {
  return defineEndpoint({
    query: pageQuerySchema,
    answers: { 200: webhookPageSchema, 422: problemSchema },
    async handle(request) {
      const rows = await deps.store.listWebhooks(accountOf(request))
      const newestFirst = rows.toSorted((one, other) => (one.id < other.id ? 1 : -1))
      return pageOfAll(newestFirst, request.query, showWebhook)
    },
  })
}

/** `GET /api/v1/webhooks/<id>` */
export function getWebhook(deps: { webhookSettings: Pick<WebhookSettings, 'get'> }): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    answers: { 200: webhookSchema, 404: problemSchema },
    handle: async (request) => showWebhook(await deps.webhookSettings.get(accountOf(request), request.params.id)),
  })
}

/** `PATCH /api/v1/webhooks/<id>`: the form of the announcement. */
export function changeWebhook(deps: { webhookSettings: Pick<WebhookSettings, 'change'> }): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    body: webhookChangeSchema,
    answers: { 200: webhookChangedSchema, 404: problemSchema, 422: problemSchema },
    async handle(request): Promise<WebhookChanged> {
      const { enabled, url, secret, include_result: includeResult } = request.body
      const { webhook, generatedSecret } = await deps.webhookSettings.change(accountOf(request), request.params.id, {
        ...(enabled !== undefined && { enabled }),
        ...(url !== undefined && { url }),
        ...(secret !== undefined && { secret }),
        ...(includeResult !== undefined && { includeResult }),
      })
      return { ...showWebhook(webhook), ...(generatedSecret !== null && { secret: generatedSecret }) }
    },
  })
}
