import { type Courier, createCourier } from '../courier/courier.ts'
import { createEventTeller } from '../courier/event-teller.ts'
import { createInbox } from '../courier/inbox/inbox.ts'
import { createSender } from '../courier/sending/sender.ts'
import type { UrlGuard } from '../webhooks/url-guard.ts'
import type { Ground } from './ground.ts'
import type { Part } from './part.ts'

/** Sends deliveries, and tells accounts of the state of their addresses. */
export interface CourierPart extends Part {
  readonly courier: Courier
  /** The same, when this process sends; else null. */
  readonly local: Courier | null
}

export function createCourierPart(
  ground: Ground,
  options: { readonly guard: UrlGuard; readonly trustedCertificates: string[] | undefined },
): CourierPart {
  const { config, clock, random, log, store, patience, metrics } = ground
  const isHere = config.roles.has('courier')
  const timeoutMs = config.webhookTimeoutMs
  const proxy = config.webhookProxy && { ...config.webhookProxy, except: config.webhookProxyExcept }
  const sender = createSender({ ...options, clock, timeoutMs, proxy })
  const inbox = createInbox({ clock, timeoutMs })
  const teller = createEventTeller({ store, clock, log })
  const courier = createCourier({
    store: ground.leasing,
    sender,
    inbox,
    vault: ground.vault,
    clock,
    random,
    log,
    lease: ground.lease,
    userAgent: config.webhookUserAgent,
    scheduleMs: config.webhookRetryScheduleMs,
    giveUp: patience.isOver,
    onUntold: () => teller.tell(),
    onAttempt: metrics.countAttempt,
  })
  metrics.showUnderWay('deliveries', () => courier.underWay)
  // In every process: those that still live must be able to tell that no courier does.
  metrics.showLate('deliveries', () => store.nextDeliveryDueAt(0))

  return {
    name: 'courier',
    courier,
    local: isHere ? courier : null,
    start() {
      if (!isHere) return
      courier.start()
      teller.start()
    },
    async stop() {
      await patience.drain(courier.stop())
      await teller.stop()
      sender.close()
      await inbox.close()
    },
  }
}
