import type { CancelTimer, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { IdempotencyStore } from '../store/idempotency.ts'

/**
 * How long a key is remembered. Clients send a request again within seconds or minutes; a day also covers a queue of
 * theirs that stood still over night.
 */
export const KEY_AGE_MS = 24 * 3_600_000

/** How often old keys are looked for. They cost nothing but their room, about 200 bytes each. */
const FORGET_MS = 3_600_000

/** Keys of one transaction: some milliseconds, so that no dispatch waits long behind it. */
const FORGOTTEN_AT_ONCE = 1_000

export interface KeyForgetter {
  start(): void
  /** Resolves when nothing is under way. */
  stop(): Promise<void>
}

/** Deletes idempotency keys that are older than {@link KEY_AGE_MS}, in small transactions, at the start and hourly. */
export function createKeyForgetter(options: {
  store: Pick<IdempotencyStore, 'forgetIdempotencyKeys'>
  clock: Clock
  log: Log
}): KeyForgetter {
  const { store, clock, log } = options
  let cancelTimer: CancelTimer = () => {}
  let forgetting: Promise<void> = Promise.resolve()
  let stopped = false

  async function forgetAll(): Promise<void> {
    const range = { claimedBefore: clock.now() - KEY_AGE_MS, limit: FORGOTTEN_AT_ONCE }
    try {
      while (!stopped && (await store.forgetIdempotencyKeys(range)) === FORGOTTEN_AT_ONCE);
    } catch (error) {
      log.warn({ err: error }, 'old idempotency keys could not be forgotten')
    }
    if (!stopped) cancelTimer = clock.after(FORGET_MS, run)
  }

  function run(): void {
    forgetting = forgetAll()
  }

  return {
    start: run,
    async stop() {
      stopped = true
      cancelTimer()
      await forgetting
    },
  }
}
