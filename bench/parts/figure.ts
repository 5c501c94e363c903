/** One measured figure of the design's section 6. */
export interface Figure {
  /** B1, B2, … */
  readonly id: string
  readonly what: string
  /** The measured value in the unit of the goal, and the goal; `atLeast` or `atMost`. */
  readonly value: number
  readonly unit: string
  readonly goal: { readonly atLeast: number } | { readonly atMost: number }
  /** What the value was made from, for readers who want to judge it. */
  readonly details: string
}

export function isReached({ value, goal }: Figure): boolean {
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost
}

/** The value below which the part `share` of all values lies. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return percentile(
    [...values].sort((left, right) => left - right),
    0.5,
  )
}
