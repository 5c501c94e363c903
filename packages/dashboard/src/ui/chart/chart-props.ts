import type { ChartSeries, ChartStep } from './series.ts'

/** What a chart shows, how it is read, and what is behind a step. */
export interface ChartProps {
  /** What it shows, for those who cannot see it. */
  readonly label: string
  readonly kind: 'bars' | 'lines'
  /** Oldest first. */
  readonly steps: readonly ChartStep[]
  /** The first one stands at the bottom of the bars. */
  readonly series: readonly ChartSeries[]
  readonly stepMs: number
  readonly formatValue: (value: number) => string
  /** What stands above the values of a step, in the zone of the browser. */
  readonly formatStep: (atMs: number) => string
  /** Leads to what is behind a step. */
  readonly onOpen: (step: ChartStep) => void
}
