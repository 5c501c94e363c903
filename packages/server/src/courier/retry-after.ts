/**
 * Reads a `Retry-After` header (RFC 9110 section 10.2.3: seconds or a date) into milliseconds from `now`. Anything
 * else, and a date in the past, is null.
 */
export function parseRetryAfterMs(value: string, now: number): number | null {
  const text = value.trim()
  if (/^\d+(\.\d+)?$/.test(text)) {
    const delayMs = Math.ceil(Number(text) * 1_000)
    return Number.isSafeInteger(delayMs) ? delayMs : Number.MAX_SAFE_INTEGER
  }
  // Only the date forms of HTTP: `Date.parse` alone would read "2" or "tomorrow 5" as some year.
  if (!/^[A-Za-z]{3,9},? .*\d{2}:\d{2}:\d{2}/.test(text)) return null
  // The oldest form (asctime) names no zone; it is UTC like the others, and not the machine's.
  const at = Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text)
  return Number.isNaN(at) || at <= now ? null : at - now
}
