import type { CancelTimer, Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import type { WebhookStore } from '../store/webhooks.ts'
import { buildOperationalEvent } from '../webhooks/operational-event.ts'

/** How often to look for what a process that died had no time to tell. */
const LOOK_MS = 30_000

/** Events of one look; more come with the next. */
const EVENTS_MAX = 50

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
  store: Pick<WebhookStore, 'listUntold' | 'findWebhook' | 'tellOperationalEvent'>
  clock: Clock
  log: Log
}): EventTeller {
  const { store, clock, log } = options
  let cancelTimer: CancelTimer = () => {}
  let looking: Promise<void> | null = null
  let lookAgain = false
  let stopped = false

  async function look(): Promise<void> {
    for (const address of await store.listUntold(EVENTS_MAX)) {
      const webhook = address.webhookId && (await store.findWebhook(address.accountId, address.webhookId))
      const now = clock.now()
      const { type, body } = buildOperationalEvent(address, webhook || null, now)
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
