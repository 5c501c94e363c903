import { WAITING_COUNTED_MAX } from '@ringback/contract'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The two sizes a distance in time is told in, by how far it is. */
const STEPS = [
  { below: MINUTE, unit: 's', size: SECOND },
  { below: HOUR, unit: 'min', size: MINUTE },
  { below: DAY, unit: 'h', size: HOUR },
  { below: Number.POSITIVE_INFINITY, unit: 'd', size: DAY },
] as const

/** How far a time is: `now`, `12 s ago`, `in 3 min`, `5 d ago`. */
export function relativeTime(timeMs: number, nowMs: number): string {
  const distance = Math.abs(nowMs - timeMs)
  if (distance < 5 * SECOND) return 'just now'
  const { unit, size } = STEPS.find(({ below }) => distance < below) ?? STEPS[3]
  const text = `${Math.floor(distance / size)} ${unit}`
  return timeMs > nowMs ? `in ${text}` : `${text} ago`
}

/** A time to the millisecond, in UTC and in the zone of the browser. */
export function exactTime(iso: string): string {
  const local = new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
  return `${iso.replace('T', ' ').replace('Z', ' UTC')} · ${local} here`
}

/** A duration for people: `< 0.1 ms`, `0.4 ms`, `12 ms`, `1.24 s`, `2.5 min`, `3.2 h`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 0.1) return '< 0.1 ms'
  if (durationMs < 1) return `${durationMs.toFixed(1)} ms`
  // Whatever would be rounded up to the next unit is told in it.
  if (durationMs < SECOND - 0.5) return `${Math.round(durationMs)} ms`
  if (durationMs < MINUTE - 5) return `${(durationMs / SECOND).toFixed(2)} s`
  if (durationMs < HOUR) return `${(durationMs / MINUTE).toFixed(1)} min`
  return durationMs < DAY ? `${(durationMs / HOUR).toFixed(1)} h` : `${(durationMs / DAY).toFixed(1)} d`
}

/** A size for people: `812 B`, `12.4 KiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`
  return bytes < 1_048_576 ? `${(bytes / 1_024).toFixed(1)} KiB` : `${(bytes / 1_048_576).toFixed(1)} MiB`
}

/** A share in per cent, never 100 unless it is all: `99.9 %`. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return '–'
  const percent = (part / whole) * 100
  return `${percent === 100 || percent === 0 ? percent : Math.min(99.9, Math.max(0.1, percent)).toFixed(1)} %`
}

export function formatCount(count: number): string {
  return count.toLocaleString('en')
}

/** Deliveries that wait, which the server counts up to a limit: `12`, `1,000 or more`. */
export function formatWaiting(count: number): string {
  return count < WAITING_COUNTED_MAX ? formatCount(count) : `${formatCount(count)} or more`
}

/** A large count in few characters: `5M`, `1.2K`; small ones as they are. */
export function formatAbout(count: number): string {
  return Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(count)
}

/** A cost for people, from millionths of a US dollar: `$0.0024`, `$12.50`; `not known` when it is not. */
export function formatCost(costMicroUsd: number | null): string {
  if (costMicroUsd === null) return 'not known'
  const dollars = costMicroUsd / 1_000_000
  return `$${dollars.toFixed(dollars === 0 || dollars >= 1 ? 2 : dollars >= 0.001 ? 4 : 6)}`
}

/** The part of an id in which ids differ: the last eight characters. */
export function shortId(id: string): string {
  return id.slice(-8)
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

const STEP_TIME = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})
const STEP_END = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** A step of time in the zone of the browser: `12 Nov, 14:00 to 14:30`. */
export function stepName(atMs: number, stepMs: number): string {
  return `${STEP_TIME.format(atMs)} to ${STEP_END.format(atMs + stepMs)}`
}
