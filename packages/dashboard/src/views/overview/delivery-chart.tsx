import type { Overview } from '@ringback/contract'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { formatCount, stepName } from '../../lib/format.ts'
import { Card } from '../../ui/card.tsx'
import { Chart } from '../../ui/chart/chart.tsx'
import { deliveriesOfStep } from './behind.ts'

/** From the bottom of the bars up: what went wrong stands on the ground, where it can be compared. */
const SERIES = [
  { label: 'Failed or discarded', color: 'chart-bad', swatch: 'bg-chart-bad' },
  { label: 'On their way', color: 'chart-open', swatch: 'bg-chart-open' },
  { label: 'Delivered', color: 'chart-ok', swatch: 'bg-chart-ok' },
]

/** Deliveries by when they were created, and what has become of them. */
export function DeliveryChart({ overview: { deliveries, step_ms: stepMs } }: { readonly overview: Overview }) {
  const navigate = useNavigate()
  const steps = useMemo(
    () =>
      deliveries.steps.map(({ at, waiting, sending, delivered, failed, discarded }) => {
        return { at: Date.parse(at), values: [failed + discarded, waiting + sending, delivered] }
      }),
    [deliveries],
  )
  return (
    <Card title="Deliveries" hint="By the time their job ended, and what has become of them.">
      <div className="p-5">
        <Chart
          label="Deliveries over time"
          kind="bars"
          steps={steps}
          series={SERIES}
          stepMs={stepMs}
          formatValue={formatCount}
          formatStep={(at) => stepName(at, stepMs)}
          onOpen={({ at }) => void navigate({ to: '/deliveries', search: deliveriesOfStep(at, stepMs) })}
        />
      </div>
    </Card>
  )
}
