/** What is shown of one step of time. */
export interface ChartStep {
  /** Unix milliseconds of its beginning. */
  readonly at: number
  /** In the order of the series; null: nothing was measured. */
  readonly values: readonly (number | null)[]
}

export interface ChartSeries {
  readonly label: string
  /** A colour of `styles.css`. */
  readonly color: string
  /** The class that fills with the same colour, for the legend. */
  readonly swatch: string
}

/**
 * The values of bars that stand on each other: of each series the sum of itself and those below. Painted from the top of
 * the stack down, each bar covers all of the one before but its own part.
 */
export function stack(steps: readonly ChartStep[], seriesCount: number): number[][] {
  return Array.from({ length: seriesCount }, (_, index) =>
    steps.map(({ values }) => values.slice(0, index + 1).reduce<number>((sum, value) => sum + (value ?? 0), 0)),
  )
}
