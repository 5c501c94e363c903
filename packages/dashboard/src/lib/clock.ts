import { useSyncExternalStore } from 'react'

/** Relative times are right to within this. */
const TICK_MS = 5_000

const listeners = new Set<() => void>()

/** How far the clock of the server is ahead of that of the browser. */
let aheadMs = 0
let now = Date.now()

setInterval(() => {
  if (!document.hidden) tick()
}, TICK_MS)
// A page that nobody saw did not follow the time, and what it shows next may be newer than that.
document.addEventListener('visibilitychange', tick)

function tick(): void {
  now = currentTime()
  for (const listener of listeners) listener()
}

/** Unix milliseconds now, by the clock of the server: its times are what they are compared with. */
export const currentTime = (): number => Date.now() + aheadMs

/**
 * Takes the time of the server from the `Date` of an answer. It is in whole seconds and some way old: a difference below
 * a tick says nothing.
 */
export function learnTime(date: string | null): void {
  const serverMs = Date.parse(date ?? '')
  if (Number.isNaN(serverMs)) return
  const differenceMs = serverMs - Date.now()
  const foundMs = Math.abs(differenceMs) < TICK_MS ? 0 : differenceMs
  if (Math.abs(foundMs - aheadMs) < TICK_MS) return
  aheadMs = foundMs
  tick()
}

/** The time, followed in steps of some seconds; all relative times on the page move together. */
export function useNow(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => now,
  )
}

/** Calls back once, later; gives what cancels it. */
export function after(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delayMs)
  return () => clearTimeout(timer)
}
