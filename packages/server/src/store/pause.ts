/** A pause that doubles with each failure in a row, in milliseconds. */
export interface DoublingPause {
  readonly firstMs: number
  readonly mostMs: number
}

/** The pause after the `count`-th failure in a row, counted from one. */
export function doubledPauseMs({ firstMs, mostMs }: DoublingPause, count: number): number {
  return Math.min(firstMs * 2 ** (count - 1), mostMs)
}

/** Whether something is paused at `now`: an address, or a lane. */
export function isPaused({ pausedUntil }: { readonly pausedUntil: number | null }, now: number): boolean {
  return pausedUntil !== null && pausedUntil > now
}
