import { sleep, systemClock } from '../../src/lib/clock.ts'

/** How long a condition may take on a slow and busy machine before the test says so. */
const LIMIT_MS = 20_000
const STEP_MS = 5

/** Asks until the answer is not null; for things that happen in another thread or process and send no event. */
export async function until<Value>(
  what: string,
  ask: () => Promise<Value | null> | Value | null,
  limitMs = LIMIT_MS,
): Promise<Value> {
  const endMs = systemClock.monotonicMs() + limitMs
  while (systemClock.monotonicMs() < endMs) {
    const value = await ask()
    if (value !== null) return value
    await sleep(systemClock, STEP_MS)
  }
  throw new Error(`waited ${limitMs} ms in vain until ${what}`)
}
