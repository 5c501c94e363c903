import {
  deliveryDetailSchema,
  deliveryPageSchema,
  deliveryQuerySchema,
  idParamsSchema,
  problemSchema,
} from '@ringback/contract'
import { AppError } from '../../lib/errors.ts'
import { isId } from '../../lib/ids.ts'
import type { DeliveryStore } from '../../store/deliveries.ts'
import type { WebhookStore } from '../../store/webhooks.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { readRange, toPage } from './page.ts'
import { showDelivery, showDeliveryDetail } from './show-delivery.ts'

/** `GET /api/v1/deliveries`: newest first; filters alone or together. */
export function listDeliveries(deps: {
  store: Pick<DeliveryStore, 'listDeliveries'> & Pick<WebhookStore, 'findWebhook'>
}): Endpoint {
  return defineEndpoint({
    query: deliveryQuerySchema,
    answers: { 200: deliveryPageSchema, 404: problemSchema, 422: problemSchema },
    async handle(request) {
      const { status, webhook, job_id: jobId, type: jobType, cause, trigger } = request.query
      const accountId = accountOf(request)
      const range = readRange(accountId, request.query)
      const webhookId = webhook === undefined ? undefined : await webhookIdOf(accountId, webhook)
      const rows = await deps.store.listDeliveries({
        ...range,
        ...(status !== undefined && { status }),
        ...(webhookId !== undefined && { webhookId }),
        ...(jobId !== undefined && { jobId }),
        ...(jobType !== undefined && { jobType }),
        ...(cause !== undefined && { cause }),
        ...(trigger !== undefined && { trigger }),
      })
      return toPage(rows, request.query.limit, showDelivery)
    },
  })

  async function webhookIdOf(accountId: string, idOrName: string): Promise<string> {
    const row = await deps.store.findWebhook(accountId, idOrName)
    if (row) return row.id
    // The deliveries of a removed webhook stay, and its id is all that is left to find them by.
    if (isId(idOrName)) return idOrName
    throw new AppError('webhook.not_found', { detail: 'The account has no webhook with this id or name.' })
  }
}

/** `GET /api/v1/deliveries/<id>`: with its exact body and all attempts. */
export function getDelivery(deps: { store: Pick<DeliveryStore, 'findDelivery' | 'listAttempts'> }): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    answers: { 200: deliveryDetailSchema, 404: problemSchema },
    async handle(request) {
      const { id } = request.params
      const row = isId(id) ? await deps.store.findDelivery(accountOf(request), id) : null
      if (!row) throw new AppError('delivery.not_found', { detail: 'There is no such delivery.' })
      return showDeliveryDetail(row, await deps.store.listAttempts(id))
    },
  })
}
