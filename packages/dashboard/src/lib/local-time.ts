/** A moment as `datetime-local` has it, in the zone of the browser, to the minute. */
export function toLocal(iso: string): string {
  const time = new Date(iso)
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/**
 * The moment that a `datetime-local` says; null while it says none. `shown` is the moment it was filled with: as long as
 * it still shows that one, this is it, to the millisecond, and also in the hour that comes twice when summer time ends.
 */
export function toMoment(local: string, shown: string): string | null {
  if (local === toLocal(shown)) return shown
  const time = Date.parse(local)
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}
