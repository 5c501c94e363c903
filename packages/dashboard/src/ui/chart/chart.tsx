import { CatchBoundary } from '@tanstack/react-router'
import { type KeyboardEvent, lazy, Suspense, useState } from 'react'
import { cx } from '../../lib/class-names.ts'
import { Skeleton } from '../states.tsx'
import type { ChartProps } from './chart-props.ts'
import { ChartTable } from './chart-table.tsx'
import type { ChartStep } from './series.ts'

const Plot = lazy(() => import('./plot.tsx').then(({ Plot }) => ({ default: Plot })))

/**
 * Values over time. The painter is loaded when it is first needed, into a place as high as what comes. Arrow keys go from
 * step to step and Enter opens one, like the mouse; the same numbers stand in a table below.
 */
export function Chart(props: ChartProps) {
  const { label, steps, series, formatStep, formatValue, onOpen } = props
  const [chosen, setChosen] = useState<number | null>(null)
  const active = Math.min(chosen ?? steps.length - 1, steps.length - 1)
  const step = steps[active]
  const valuesText = (of: ChartStep) =>
    series.map(({ label: name }, index) => `${name} ${showValue(of.values[index], formatValue)}`).join(', ')

  function move(event: KeyboardEvent) {
    const target = { ArrowLeft: active - 1, ArrowRight: active + 1, Home: 0, End: steps.length - 1 }[event.key]
    if (target !== undefined) setChosen(Math.min(Math.max(target, 0), steps.length - 1))
    else if (event.key === 'Enter' && step) onOpen(step)
    else return
    event.preventDefault()
  }

  return (
    <figure className="flex flex-col gap-3">
      <figcaption className="flex flex-wrap items-baseline gap-x-5 gap-y-1 text-[13px]">
        {series.map(({ label: name, swatch }, index) => (
          <span key={name} className="flex items-center gap-1.5">
            <span className={cx('size-2.5 rounded-[3px]', swatch)} aria-hidden="true" />
            <span className="text-muted">{name}</span>
            <span className="nums min-w-6 font-medium">{step && showValue(step.values[index], formatValue)}</span>
          </span>
        ))}
        <span className="nums ml-auto text-muted max-sm:ml-0">{step && formatStep(step.at)}</span>
      </figcaption>
      <div
        role="slider"
        tabIndex={0}
        aria-label={`${label}: go through the steps`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, steps.length - 1)}
        aria-valuenow={Math.max(0, active)}
        aria-valuetext={step && `${formatStep(step.at)}: ${valuesText(step)}`}
        onKeyDown={move}
        onBlur={() => setChosen(null)}
        className="h-56 rounded-md"
      >
        <CatchBoundary getResetKey={() => label} errorComponent={NotDrawn}>
          <Suspense fallback={<Skeleton className="h-56 w-full" />}>
            <Plot {...props} chosen={chosen} onChoose={setChosen} />
          </Suspense>
        </CatchBoundary>
      </div>
      <ChartTable {...props} />
    </figure>
  )
}

/** A chart that cannot be loaded or painted is no reason to show nothing else of the view. */
function NotDrawn() {
  return (
    <p className="flex h-56 items-center justify-center rounded-md border border-line px-6 text-center text-sm text-muted">
      The chart cannot be drawn here. Loading the page again may help; the table below has its numbers.
    </p>
  )
}

function showValue(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '–' : format(value)
}
