import type { CancelTimer, Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import { DISABLE_AFTER_MS } from '../store/address-health.ts'
import type { NoticeKind, NoticeStore } from '../store/notices.ts'
import type { AddressRow, WebhookRow, WebhookStore } from '../store/webhooks.ts'
import { buildFailedEvent, buildOperationalEvent } from '../webhooks/operational-event.ts'

/** How often to look for what a process that died had no time to tell. */
const LOOK_MS = 30_000

/** Events of one look; more come with the next. */
const EVENTS_MAX = 50

/** An account is told of failed deliveries of an address once in so long: an outage is one event, not thousands. */
export const FAILED_WINDOW_MS = 3_600_000

/** How much of the days without success is over when the account is warned that its webhook will be switched off. */
const WARNINGS = [
  { kind: 'disabled_soon', afterMs: 0.9 * DISABLE_AFTER_MS },
  { kind: 'disabled_at_half', afterMs: 0.5 * DISABLE_AFTER_MS },
] as const satisfies { kind: NoticeKind; afterMs: number }[]

export interface EventTeller {
  start(): void
  /** Looks now: an attempt has changed the state of an address. */
  tell(): void
  stop(): Promise<void>
}

/**
 * Tells accounts when the state of one of their addresses has changed: a log line, and an operational webhook for those
 * who set one. What was told is a column beside the state, written in the transaction that adds the delivery: a crash
 * tells it later, never twice, and a state that changed back before anybody was told is not worth a word.
 */
export function createEventTeller(options: {
  store: Pick<WebhookStore, 'listUntold' | 'findWebhook' | 'findAddress' | 'tellOperationalEvent'> & NoticeStore
  clock: Clock
  log: Log
}): EventTeller {
  const { store, clock, log } = options
  let cancelTimer: CancelTimer = () => {}
  let looking: Promise<void> | null = null
  let lookAgain = false
  let stopped = false

  async function webhookOf({ accountId, webhookId }: AddressRow): Promise<WebhookRow | null> {
    return webhookId === null ? null : await store.findWebhook(accountId, webhookId)
  }

  async function look(): Promise<void> {
    await tellChanges()
    await tellFailed()
    for (const warning of WARNINGS) await warn(warning)
  }

  async function tellFailed(): Promise<void> {
    const now = clock.now()
    const toldBefore = now - FAILED_WINDOW_MS
    const range = { since: now - 2 * FAILED_WINDOW_MS, toldBefore, limit: EVENTS_MAX }
    for (const deliveries of await store.listFailedDeliveries(range)) {
      const { addressId, failed, lastAt } = deliveries
      const address = await store.findAddress(addressId)
      if (address === null) continue
      const event = buildFailedEvent(address, await webhookOf(address), deliveries, now)
      const kind = 'deliveries_failed'
      const notice = { addressId, kind, toldBefore, toldAt: lastAt, deliveryId: newId(), ...event, now } as const
      if (!(await store.tellNotice(notice))) continue
      const { accountId, webhookId, origin, lastCause } = address
      log.warn({ accountId, webhookId, origin, failed, lastCause }, event.type)
    }
  }

  /** Once for each time that it fails: what was told before it began to fail says nothing of now. */
  async function warn({ kind, afterMs }: (typeof WARNINGS)[number]): Promise<void> {
    const now = clock.now()
    for (const address of await store.listLongFailing({ failingBefore: now - afterMs, limit: EVENTS_MAX })) {
      const { id: addressId, accountId, webhookId, failingSince } = address
      const event = buildOperationalEvent(address, await webhookOf(address), now)
      const toldBefore = failingSince ?? 0
      const notice = { addressId, kind, toldBefore, toldAt: now, deliveryId: newId(), ...event, now }
      if (await store.tellNotice(notice))
        log.warn({ accountId, webhookId, failingSince }, 'a webhook will be switched off')
    }
  }

  async function tellChanges(): Promise<void> {
    for (const address of await store.listUntold(EVENTS_MAX)) {
      const webhook = await webhookOf(address)
      const now = clock.now()
      const { type, body } = buildOperationalEvent(address, webhook, now)
      await store.tellOperationalEvent({
        addressId: address.id,
        state: address.state,
        deliveryId: newId(),
        type,
        body,
        now,
      })
      const { accountId, webhookId, origin, failures, lastCause } = address
      log.warn({ accountId, webhookId, origin, failures, lastCause }, type)
    }
  }

  async function lookUntilDone(): Promise<void> {
    do {
      lookAgain = false
      try {
        await look()
      } catch (error) {
        log.error({ err: error }, 'operational events could not be told')
      }
    } while (lookAgain && !stopped)
    looking = null
    cancelTimer()
    if (!stopped) cancelTimer = clock.after(LOOK_MS, tell)
  }

  function tell(): void {
    if (stopped) return
    lookAgain = true
    looking ??= lookUntilDone()
  }

  return {
    start: tell,
    tell,
    async stop() {
      stopped = true
      cancelTimer()
      await looking
    },
  }
}
