import { LISTENER_KEPT_MS } from '@ringback/contract/limits'

/**
 * Times of the database that lie further ahead than this, although nothing plans so far, were written by a clock that
 * was ahead. Less is nothing to speak of, and the clocks of several machines may differ by it.
 */
export const CLOCK_AHEAD_MS = 60_000

/** No pause of an address is planned for longer: the hour that a receiver may ask for. */
export const PAUSE_AHEAD_MS_MAX = 3_600_000 + CLOCK_AHEAD_MS

/** No job is put off for longer: the hour that a model provider may ask for. */
export const JOB_AHEAD_MS_MAX = 3_600_000 + CLOCK_AHEAD_MS

/** No listener is kept for longer after it was last heard of. */
export const LISTENER_AHEAD_MS_MAX = LISTENER_KEPT_MS + CLOCK_AHEAD_MS

/** How many rows were planned again. */
export interface Replanned {
  readonly jobs: number
  readonly deliveries: number
  readonly addresses: number
}

export interface ClockStore {
  /**
   * Plans again from `now` what was planned from a moment that lies ahead of it, because the clock has been set back
   * since. Without this, a retry after ten seconds that was planned at five o'clock would wait for five hours when the
   * clock is set to noon.
   *
   * - A delivery, or a job, that was due at once is due at once; one that waits for its next attempt waits as long from
   *   now as it was to wait from its last one.
   * - An address is paused for as long from now as from its last failure; a rate that allows nothing for more than a
   *   minute is forgotten.
   * - Days without a success are not counted from the future.
   * - A listener that nobody reads is forgotten in time.
   *
   * Safe at any time, and twice: rows whose times are plausible stay as they are. A pause of which the last failure does
   * not lie ahead is not known to be wrong until it is longer than an hour, and ends that much late at most.
   */
  replan(now: number): Promise<Replanned>
}
