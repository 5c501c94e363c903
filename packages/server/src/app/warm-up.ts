import { type Clock, sleep } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Part } from './part.ts'

/**
 * Milliseconds between the start and the loading of what the first job needs. Loading holds up the event loop for as long
 * as it takes (0.2 s without a model, 0.5 s with one): whoever waits for the server to be ready gets the answer before.
 */
export const WARM_UP_AFTER_MS = 100

/** Milliseconds between two loads, in which requests that came meanwhile are answered. */
export const PAUSE_MS = 10

/**
 * Loads what a start does without and the first job would wait for: one `load` after the other, in the order given. Work
 * that comes sooner loads what it needs itself. A load that fails is told in the log, and again by the work that needs it.
 */
export function createWarmUp(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  loads: readonly (() => Promise<void>)[],
): Part {
  const stopped = new AbortController()

  async function run(): Promise<void> {
    for (const [index, load] of loads.entries()) {
      await sleep(clock, index === 0 ? WARM_UP_AFTER_MS : PAUSE_MS, stopped.signal)
      if (stopped.signal.aborted) return
      await load().catch((error: unknown) => log.warn({ err: error }, 'warm-up failed'))
    }
  }

  return {
    name: 'warm-up',
    start() {
      void run()
    },
    stop: () => stopped.abort(),
  }
}
