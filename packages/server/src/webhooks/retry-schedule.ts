import { RETRY_DELAY_MS_MAX, RETRY_DELAY_MS_MIN, RETRY_DELAYS_MAX, RETRY_SCHEDULE_MS_MAX } from '@ringback/contract'
import { formatDuration, parseDurationMs } from '../lib/duration.ts'
import { type FieldProblem, messageOf } from '../lib/errors.ts'

const FIELD = 'retry_schedule'

/**
 * Reads the retry schedule that a person wants for a webhook: how long to wait after the first failed attempt, after the
 * second, and so on.
 * @returns what to store (milliseconds in a JSON array), or all that is wrong
 */
export function readRetrySchedule(
  texts: readonly string[],
): { readonly retrySchedule: string } | { readonly problems: readonly FieldProblem[] } {
  if (texts.length > RETRY_DELAYS_MAX) {
    const message = `has ${texts.length} delays; it may have ${RETRY_DELAYS_MAX} at most`
    return { problems: [{ field: FIELD, message }] }
  }
  const delaysMs: number[] = []
  const problems: FieldProblem[] = []
  for (const [index, text] of texts.entries()) {
    try {
      delaysMs.push(readDelayMs(text))
    } catch (error) {
      problems.push({ field: `${FIELD}.${index}`, message: messageOf(error) })
    }
  }
  const totalMs = delaysMs.reduce((sum, delayMs) => sum + delayMs, 0)
  if (totalMs > RETRY_SCHEDULE_MS_MAX) {
    const most = formatDuration(RETRY_SCHEDULE_MS_MAX)
    problems.push({ field: FIELD, message: `takes longer than ${most} in all; a delivery must end some day` })
  }
  return problems.length > 0 ? { problems } : { retrySchedule: JSON.stringify(delaysMs) }
}

function readDelayMs(text: string): number {
  let delayMs: number
  try {
    delayMs = parseDurationMs(text)
  } catch {
    throw new Error('is not a duration; write a number with a unit: 10s, 1m, 2h')
  }
  if (delayMs < RETRY_DELAY_MS_MIN || delayMs > RETRY_DELAY_MS_MAX) {
    const range = `from ${formatDuration(RETRY_DELAY_MS_MIN)} to ${formatDuration(RETRY_DELAY_MS_MAX)}`
    throw new Error(`must be a duration ${range}`)
  }
  return delayMs
}

/** A stored retry schedule as answers show it; null when the webhook follows the server's. */
export function showRetrySchedule(stored: string | null): string[] | null {
  return stored === null ? null : (JSON.parse(stored) as number[]).map(formatDuration)
}
