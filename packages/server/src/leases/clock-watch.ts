import type { Clock } from '../lib/clock.ts'

/** Less is a clock that is being corrected, as all are all the time. */
const SET_BACK_MS_MIN = 1_000

/**
 * Gives the function that says by how many milliseconds the machine's clock was set back since it was asked last, 0 for
 * not at all: less time has passed on it than in truth.
 */
export function createClockWatch(clock: Clock): () => number {
  const aheadMs = () => clock.now() - clock.monotonicMs()
  let before = aheadMs()
  return () => {
    const setBackMs = before - aheadMs()
    before -= setBackMs
    return setBackMs >= SET_BACK_MS_MIN ? Math.round(setBackMs) : 0
  }
}
