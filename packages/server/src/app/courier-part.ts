import { type Courier, createCourier } from '../courier/courier.ts'
import { createEventTeller } from '../courier/event-teller.ts'
import type { UrlGuard } from '../webhooks/url-guard.ts'
import type { Ground } from './ground.ts'
import { createLazySender } from './lazy-sender.ts'
import type { Part } from './part.ts'

/** Sends deliveries, and tells accounts of the state of their addresses. */
export interface CourierPart extends Part {
  readonly courier: Courier
  /** The same, when this process sends; else null. */
  readonly local: Courier | null
  /** Loads what the first delivery would wait for. */
  warmUp(): Promise<void>
}

export function createCourierPart(
  ground: Ground,
  options: { readonly guard: UrlGuard; readonly trustedCertificates: string[] | undefined },
): CourierPart {
  const { config, clock, random, log, store, patience, metrics } = ground
  const isHere = config.roles.has('courier')
  const timeoutMs = config.webhookTimeoutMs
  const proxy = config.webhookProxy && { ...config.webhookProxy, except: config.webhookProxyExcept }
  const sender = createLazySender(async () => {
    const { createSender } = await import('../courier/sender.ts')
    return createSender({ ...options, clock, timeoutMs, proxy })
  })
  const inbox = createLazySender(async () => {
    const { createInbox } = await import('../courier/inbox/inbox.ts')
    return createInbox({ clock, timeoutMs })
  })
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

  return {
    name: 'courier',
    courier,
    local: isHere ? courier : null,
    warmUp: sender.warmUp,
    start() {
      if (!isHere) return
      courier.start()
      teller.start()
    },
    async stop() {
      await patience.drain(courier.stop())
      await teller.stop()
      await sender.close()
      await inbox.close()
    },
  }
}
