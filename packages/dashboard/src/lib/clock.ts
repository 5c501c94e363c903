import { useSyncExternalStore } from 'react'

/** Relative times are right to within this. */
const TICK_MS = 5_000

const listeners = new Set<() => void>()
let now = Date.now()

setInterval(() => {
  if (document.hidden) return
  now = Date.now()
  for (const listener of listeners) listener()
}, TICK_MS)

/** Unix milliseconds now. */
export const currentTime = (): number => Date.now()

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
