const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * Reads a duration such as `10s`, `1m`, `500ms`, `2h`, `5d` into milliseconds.
 * @throws Error whose message says what is wrong with the text
 */
export function parseDurationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim())
  if (!match) throw new Error(`"${text}" is not a duration; write a number with a unit: 500ms, 10s, 1m, 2h, 5d`)
  const [, amount, unit] = match as unknown as [string, string, keyof typeof UNIT_MS]
  return Math.round(Number(amount) * UNIT_MS[unit])
}

/** Writes milliseconds in the largest unit that divides them: 60000 is `1m`. The inverse of {@link parseDurationMs}. */
export function formatDuration(durationMs: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (durationMs >= UNIT_MS[unit] && durationMs % UNIT_MS[unit] === 0) return `${durationMs / UNIT_MS[unit]}${unit}`
  }
  return `${durationMs}ms`
}
