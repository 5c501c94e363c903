import { newId } from '../lib/ids.ts'
import { createListeners, type Listeners } from '../listeners/listeners.ts'
import type { Ground } from './ground.ts'
import type { Part } from './part.ts'

/** Laptops that listen. */
export interface ListenersPart extends Part {
  readonly listeners: Listeners
}

export function createListenersPart({ config, clock, random, log, vault, lease, leasing }: Ground): ListenersPart {
  const listeners = createListeners({
    store: leasing,
    vault,
    clock,
    random,
    log,
    lease,
    newId,
    userAgent: config.webhookUserAgent,
    timeoutMs: config.webhookTimeoutMs,
    scheduleMs: config.webhookRetryScheduleMs,
  })
  return { name: 'listeners', listeners, start: () => listeners.start(), stop: () => listeners.stop() }
}
