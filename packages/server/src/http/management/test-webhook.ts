import { idParamsSchema, problemSchema, type WebhookTest, webhookTestSchema } from '@ringback/contract'
import { type Clock, sleep } from '../../lib/clock.ts'
import type { AttemptRow, DeliveryRow, DeliveryStore } from '../../store/deliveries.ts'
import type { WebhookSettings } from '../../webhooks/settings.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { showDeliveryDetail } from './show-delivery.ts'

/** How often to look whether the attempt is on record: fast enough to feel at once, 20 cheap reads a second. */
const LOOK_INTERVAL_MS = 50

/** What a courier may take on top of the attempt's own deadline, to claim the delivery and to record the attempt. */
const COURIER_GRACE_MS = 2_000

interface TestDeps {
  readonly webhookSettings: Pick<WebhookSettings, 'sendTest'>
  readonly store: Pick<DeliveryStore, 'findDelivery' | 'listAttempts'>
  readonly clock: Clock
  /** The deadline of one attempt. */
  readonly webhookTimeoutMs: number
}

/**
 * `POST /api/v1/webhooks/<id>/test`: sends a test and waits for its first attempt. Answers 200 however the attempt
 * ended: the test was made, and how it ended is the answer.
 */
export function testWebhook(deps: TestDeps): Endpoint {
  const waitMs = deps.webhookTimeoutMs + COURIER_GRACE_MS
  return defineEndpoint({
    params: idParamsSchema,
    answers: { 200: webhookTestSchema, 404: problemSchema, 422: problemSchema },
    async handle(request): Promise<WebhookTest> {
      const accountId = accountOf(request)
      const { deliveryId } = await deps.webhookSettings.sendTest(accountId, request.params.id)
      const row = await waitForAttempt(deps, { accountId, deliveryId, waitMs, signal: request.signal })
      const attempts = await deps.store.listAttempts(deliveryId)
      return { ...describeTest(attempts[0], waitMs), delivery: showDeliveryDetail(row, attempts) }
    },
  })
}

/** The delivery once it has an attempt on record, or as it is when the time is over or the caller has gone. */
async function waitForAttempt(
  deps: TestDeps,
  wait: { accountId: string; deliveryId: string; waitMs: number; signal: AbortSignal },
): Promise<DeliveryRow> {
  const endMs = deps.clock.monotonicMs() + wait.waitMs
  for (;;) {
    const row = await deps.store.findDelivery(wait.accountId, wait.deliveryId)
    if (!row) throw new Error(`the test delivery ${wait.deliveryId} is gone`)
    if (row.attemptCount > 0 || wait.signal.aborted || deps.clock.monotonicMs() >= endMs) return row
    await sleep(deps.clock, LOOK_INTERVAL_MS, wait.signal)
  }
}

function describeTest(first: AttemptRow | undefined, waitMs: number): Pick<WebhookTest, 'outcome' | 'message'> {
  if (!first) {
    return {
      outcome: 'no_attempt',
      message:
        `No courier made an attempt within ${waitMs / 1_000} s. Is a process with the role "courier" running? ` +
        'The test goes on waiting for one.',
    }
  }
  const durationMs = Math.round(first.timing.totalMs)
  if (first.cause === null) {
    return { outcome: 'delivered', message: `The receiver answered ${first.responseStatus} in ${durationMs} ms.` }
  }
  return { outcome: 'failed', message: first.message ?? `The attempt failed (${first.cause}) after ${durationMs} ms.` }
}
