import { ChevronRight } from 'lucide-react'
import type { ChartProps } from './chart-props.ts'

/** The numbers of a chart to read, the newest first. */
export function ChartTable({
  label,
  steps,
  series,
  formatStep,
  formatValue,
}: Pick<ChartProps, 'label' | 'steps' | 'series' | 'formatStep' | 'formatValue'>) {
  return (
    <details className="group text-[13px]">
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1 text-muted hover:text-ink">
        <ChevronRight className="size-3.5 transition-transform group-open:rotate-90" aria-hidden="true" />
        As a table
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <section aria-label={label} tabIndex={0} className="mt-2 max-h-72 overflow-auto rounded-lg border border-line">
        <table className="w-full text-left whitespace-nowrap">
          <thead>
            <tr className="h-9 border-b border-line text-xs text-muted [&>th]:px-4 [&>th]:font-medium">
              <th scope="col">From</th>
              {series.map((one) => (
                <th key={one.label} scope="col" className="text-right">
                  {one.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {steps.toReversed().map((step) => (
              <tr key={step.at} className="nums h-8 [&>*]:px-4">
                <th scope="row" className="font-normal text-muted">
                  {formatStep(step.at)}
                </th>
                {step.values.map((value, index) => (
                  <td key={series[index]?.label} className="text-right">
                    {value === null ? '–' : formatValue(value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  )
}
