import type { Overview } from '@ringback/contract'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { formatDuration, stepName } from '../../lib/format.ts'
import { Card } from '../../ui/card.tsx'
import { Chart } from '../../ui/chart/chart.tsx'
import { deliveriesOfStep } from './behind.ts'

const SERIES = [
  { label: 'p50', color: 'chart-p50', swatch: 'bg-chart-p50' },
  { label: 'p95', color: 'chart-p95', swatch: 'bg-chart-p95' },
]

/** How long deliveries took to arrive: half of them within p50, 95 of 100 within p95. */
export function LatencyChart({ overview: { deliveries, step_ms: stepMs } }: { readonly overview: Overview }) {
  const navigate = useNavigate()
  const steps = useMemo(
    () => deliveries.steps.map(({ at, p50_ms, p95_ms }) => ({ at: Date.parse(at), values: [p50_ms, p95_ms] })),
    [deliveries],
  )
  return (
    <Card title="Time to arrive" hint="From the end of the job to the first 2xx answer, retries and pauses included.">
      <div className="p-5">
        <Chart
          label="Time to arrive"
          kind="lines"
          steps={steps}
          series={SERIES}
          stepMs={stepMs}
          formatValue={formatDuration}
          formatStep={(at) => stepName(at, stepMs)}
          onOpen={({ at }) => void navigate({ to: '/deliveries', search: deliveriesOfStep(at, stepMs, 'delivered') })}
        />
      </div>
    </Card>
  )
}
