/** Unix milliseconds as ISO 8601 in UTC with milliseconds: how every time leaves the API. */
export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

/** {@link isoTime}, or null for a time that has not come. */
export function isoTimeOrNull(timeMs: number | null): string | null {
  return timeMs === null ? null : isoTime(timeMs)
}

/** The first moments, in Unix milliseconds, of the UTC month that a time is in and of the month after it. */
export function utcMonthOf(timeMs: number): { startMs: number; endMs: number } {
  const time = new Date(timeMs)
  const [year, month] = [time.getUTCFullYear(), time.getUTCMonth()]
  return { startMs: Date.UTC(year, month, 1), endMs: Date.UTC(year, month + 1, 1) }
}
