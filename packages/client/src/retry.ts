import type { Random } from './lib/chance.ts'

/** The first pause before a request is sent again, in milliseconds; each further one is twice as long. */
const BACKOFF_MS = 500

/** The longest of these pauses: a server that comes back is not kept waiting. */
const BACKOFF_MS_MAX = 8_000

/** The longest `Retry-After` that is waited for; with a longer one the caller hears of it at once. */
export const RETRY_AFTER_MS_MAX = 60_000

/**
 * The pause before try number `retry` (1 is the first one after the request itself) in milliseconds: between half and all
 * of a time that doubles, so that clients that failed together come back apart; never earlier than the server asked.
 */
export function pauseMs(retry: number, random: Random, retryAfterMs: number | null): number {
  const fullMs = Math.min(BACKOFF_MS * 2 ** (retry - 1), BACKOFF_MS_MAX)
  const ownMs = Math.round(fullMs * (0.5 + random() / 2))
  return Math.max(ownMs, retryAfterMs ?? 0)
}

/** What the header `Retry-After` asks to wait, in milliseconds: seconds or a date; null when it says nothing that makes sense. */
export function retryAfterMsOf(header: string | null, nowMs: number): number | null {
  if (header === null) return null
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1_000
  const dateMs = /[A-Za-z]/.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(dateMs) ? null : Math.max(dateMs - nowMs, 0)
}

/** Whether the same request can succeed later. */
export function canPass(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501)
}
