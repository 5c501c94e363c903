/**
 * How much of a second's allowance may be sent at one moment after a pause: a tenth, at least one. A receiver that can
 * take 50 a second is not sent 50 at once.
 */
const BURST_MS = 100

export interface RateGrant {
  /** Sends that are allowed now. */
  readonly allowed: number
  /** When the rate allows the next one if `used` of them are sent. */
  readyAfter(used: number): number
}

/**
 * The generic cell rate algorithm: `readyAt` is the one number that is kept, the moment from which the next send is
 * allowed. Exact over any time, whoever sends, because it lives in the row of the address.
 */
export function grantSends(rateLimitPerSecond: number, readyAt: number, now: number): RateGrant {
  const intervalMs = 1_000 / rateLimitPerSecond
  const startAt = Math.max(readyAt, now - Math.max(BURST_MS - intervalMs, 0))
  return {
    allowed: startAt > now ? 0 : Math.floor((now - startAt) / intervalMs) + 1,
    readyAfter: (used) => Math.ceil(startAt + used * intervalMs),
  }
}
