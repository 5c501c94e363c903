import {
  deliverySchema,
  idParamsSchema,
  problemSchema,
  RECOVER_RANGE_MS_MAX,
  type RecoveryResult,
  type Resend,
  recoverRequestSchema,
  recoveryResultSchema,
  resendSchema,
} from '@ringback/contract'
import type { Clock } from '../../lib/clock.ts'
import { formatDuration } from '../../lib/duration.ts'
import { AppError } from '../../lib/errors.ts'
import { isId } from '../../lib/ids.ts'
import { isoTime } from '../../lib/iso-time.ts'
import type { AccountStore } from '../../store/accounts.ts'
import type { BeforeResend, DeliveryRow, DeliveryStore } from '../../store/deliveries.ts'
import type { WebhookRow, WebhookStore } from '../../store/webhooks.ts'
import { recoverAll } from '../../webhooks/recover-deliveries.ts'
import { countMissed, type MissedDeps, recoverMissed } from '../../webhooks/recover-missed.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { invalidRequest } from '../zod-problems.ts'
import { showDelivery } from './show-delivery.ts'

interface Deps<Method extends keyof DeliveryStore> {
  readonly store: Pick<DeliveryStore, Method | 'findDelivery'> & Pick<WebhookStore, 'findWebhook'>
  readonly clock: Clock
}

/** `POST /api/v1/deliveries/<id>/resend`: one attempt as soon as a courier takes it. */
export function resendDelivery(deps: Deps<'resendDelivery'>): Endpoint {
  const { store, clock } = deps
  return defineEndpoint({
    params: idParamsSchema,
    answers: { 202: resendSchema, 404: problemSchema, 409: problemSchema, 410: problemSchema },
    async handle(request, reply): Promise<Resend> {
      const accountId = accountOf(request)
      const { id } = request.params
      const now = clock.now()
      const before = isId(id) ? await store.resendDelivery(accountId, id, now) : null
      if (before === null) throw notFound()
      if (before === 'sending') throw beingSent()
      if (before === 'webhook_off') throw await webhookOff(await find(store, accountId, id))
      if (before === 'listener_gone') throw listenerGone()
      if (before === 'payload_removed') throw payloadRemoved()
      reply.code(202)
      return { message: howItCounts(before, now), delivery: showDelivery(await find(store, accountId, id)) }
    },
  })

  async function webhookOff({ accountId, webhookId }: DeliveryRow): Promise<AppError> {
    const webhook = webhookId && (await store.findWebhook(accountId, webhookId))
    return new AppError('webhook.disabled', {
      detail: webhook
        ? `The webhook "${webhook.name}" of this delivery is switched off. Switch it on, then send again.`
        : 'The webhook of this delivery was removed; there is no address to send it to.',
    })
  }
}

function payloadRemoved(): AppError {
  return new AppError('delivery.payload_removed', {
    detail: 'The body of this delivery was removed, by age or because somebody asked. There is nothing left to send.',
  })
}

function listenerGone(): AppError {
  return new AppError('delivery.listener_gone', {
    detail:
      'This delivery was for `ringback listen` on a laptop, which listens no more. Resend that of a webhook instead.',
  })
}

function howItCounts({ status, deliveredAt, nextAttemptAt }: BeforeResend, now: number): string {
  if (status === 'waiting' && nextAttemptAt !== null && nextAttemptAt <= now) {
    return 'It was due already; this is the same attempt, and it goes before all others of its address.'
  }
  if (status === 'waiting') {
    return 'Due now instead of later: this attempt takes the next step of the schedule, and the rest of it goes on.'
  }
  const end = deliveredAt === null ? 'failed' : 'delivered'
  return `One more attempt, which no retry follows. If it fails, the delivery stays "${end}".`
}

/** `POST /api/v1/deliveries/<id>/discard`: gives up a delivery that waits. */
export function discardDelivery(deps: Deps<'discardDelivery'>): Endpoint {
  const { store, clock } = deps
  return defineEndpoint({
    params: idParamsSchema,
    answers: { 200: deliverySchema, 404: problemSchema, 409: problemSchema },
    async handle(request) {
      const accountId = accountOf(request)
      const { id } = request.params
      const before = await find(store, accountId, id)
      if (before.status !== 'waiting' && before.status !== 'sending') throw ended(before.status)
      const status = await store.discardDelivery(accountId, id, clock.now())
      if (status === null) throw notFound()
      if (status === 'sending') throw beingSent()
      // A resend that is given up leaves a delivery as delivered as it was.
      const isGivenUp = status === 'discarded' || (status === 'delivered' && before.deliveredAt !== null)
      if (!isGivenUp) throw ended(status)
      return showDelivery(await find(store, accountId, id))
    },
  })
}

/**
 * `POST /api/v1/deliveries/recover`: everything that ended without success in a range of time; or what a webhook was never
 * told of.
 */
export function recoverDeliveries(
  deps: Deps<'countRecoverable' | 'recoverDeliveries'> &
    MissedDeps & { readonly store: Pick<AccountStore, 'findAccount'> },
): Endpoint {
  const { store, clock } = deps
  return defineEndpoint({
    body: recoverRequestSchema,
    answers: { 200: recoveryResultSchema, 404: problemSchema, 422: problemSchema },
    async handle(request): Promise<RecoveryResult> {
      const { since, until, webhook, cause, dry_run: isDryRun } = request.body
      const accountId = accountOf(request)
      checkRange(since, until)
      const found = webhook === undefined ? null : await store.findWebhook(accountId, webhook)
      if (webhook !== undefined && found === null) {
        throw new AppError('webhook.not_found', { detail: 'The account has no webhook with this id or name.' })
      }
      if (request.body.missed === true) {
        return await recoverOrCountMissed(found, { since, until, hasCause: cause !== undefined, isDryRun })
      }
      const filter = { accountId, since, until, ...(found && { webhookId: found.id }), ...(cause && { cause }) }
      return isDryRun ? await store.countRecoverable(filter) : await recoverAll(store, filter, { now: clock.now() })
    },
  })

  async function recoverOrCountMissed(
    webhook: WebhookRow | null,
    {
      since,
      until,
      hasCause,
      isDryRun = false,
    }: { since: number; until: number; hasCause: boolean; isDryRun?: boolean | undefined },
  ): Promise<RecoveryResult> {
    if (webhook === null)
      throw invalidField('webhook', 'must name the one webhook that is to be told of what it missed')
    if (webhook.purpose !== 'jobs') throw invalidField('webhook', 'is not told of jobs')
    if (hasCause) throw invalidField('cause', 'says why an attempt failed; of what was missed there was none')
    const { id: webhookId, accountId } = webhook
    const account = await store.findAccount(accountId)
    const besideJobWebhooks = account?.jobWebhookMode === 'also'
    const filter = { accountId, webhookId, since, until, besideJobWebhooks }
    if (webhook.enabled && !isDryRun) return await recoverMissed(deps, webhook, filter, { now: clock.now() })
    const count = await countMissed(deps, webhook, filter)
    const counts = webhook.enabled ? { recoverable: count, skipped: 0 } : { recoverable: 0, skipped: count }
    return isDryRun ? counts : { recovered: 0, skipped: count, more: false }
  }
}

function invalidField(field: string, message: string): AppError {
  return invalidRequest([{ field, message }])
}

function checkRange(since: number, until: number): void {
  const most = formatDuration(RECOVER_RANGE_MS_MAX)
  if (since >= until) throw invalidRequest([{ field: 'until', message: 'must be later than since' }])
  if (until - since > RECOVER_RANGE_MS_MAX) {
    const latest = isoTime(since + RECOVER_RANGE_MS_MAX)
    const message = `must be at most ${most} after since, which is ${latest}; recover a longer time in parts`
    throw invalidRequest([{ field: 'until', message }])
  }
}

async function find(store: Pick<DeliveryStore, 'findDelivery'>, accountId: string, id: string): Promise<DeliveryRow> {
  const row = isId(id) ? await store.findDelivery(accountId, id) : null
  if (row === null) throw notFound()
  return row
}

function notFound(): AppError {
  return new AppError('delivery.not_found', { detail: 'There is no such delivery.' })
}

function beingSent(): AppError {
  return new AppError('delivery.sending', {
    detail: 'An attempt of this delivery is under way. Look at it again when that has ended.',
  })
}

function ended(status: string): AppError {
  return new AppError('delivery.ended', {
    detail: `The delivery is "${status}" already; only one that waits can be discarded.`,
  })
}
