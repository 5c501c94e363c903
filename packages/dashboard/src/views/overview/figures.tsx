import type { Overview } from '@ringback/contract'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatCost, formatCount, formatDuration, formatShare, plural } from '../../lib/format.ts'
import { deliveriesBehind, jobsBehind } from './behind.ts'

/** The numbers that matter most, side by side. */
export function Figures({ overview }: { readonly overview: Overview }) {
  const { deliveries, jobs } = overview
  const { waiting, sending, delivered, failed, discarded } = deliveries.totals
  const open = waiting + sending
  const jobCount = jobs.types.reduce((sum, { success, failed: bad, open: going }) => sum + success + bad + going, 0)
  const failedJobs = jobs.types.reduce((sum, { failed: bad }) => sum + bad, 0)
  const runs = jobs.models.reduce((sum, model) => sum + model.runs, 0)
  const unpriced = jobs.models.reduce((sum, model) => sum + model.unpriced_runs, 0)
  const costs = jobs.models.reduce((sum, { cost_micro_usd }) => sum + cost_micro_usd, 0)
  return (
    <section aria-label="Figures" className="overflow-hidden rounded-xl border border-line bg-surface">
      <dl className="-mt-px -ml-px grid grid-cols-2 sm:grid-cols-3 lg:grid-cols-6 [&>div]:border-t [&>div]:border-l [&>div]:px-5 [&>div]:py-4">
        <Figure label="Deliveries" note={open > 0 ? `${formatCount(open)} on their way` : 'All have ended'}>
          <Link to="/deliveries" search={deliveriesBehind(overview)}>
            {formatCount(delivered + failed + discarded + open)}
          </Link>
        </Figure>
        <Figure label="Arrived" note={`${formatShare(delivered, delivered + failed + discarded)} of all ended`}>
          <Link to="/deliveries" search={deliveriesBehind(overview, 'delivered')}>
            {formatCount(delivered)}
          </Link>
        </Figure>
        <Figure
          label="Failed"
          tone={failed > 0 ? 'text-bad' : ''}
          note={
            discarded > 0 ? (
              <Link to="/deliveries" search={deliveriesBehind(overview, 'discarded')} className="underline">
                {formatCount(discarded)} discarded
              </Link>
            ) : (
              'None discarded'
            )
          }
        >
          <Link to="/deliveries" search={deliveriesBehind(overview, 'failed')}>
            {formatCount(failed)}
          </Link>
        </Figure>
        <Figure
          label="Time to arrive"
          note={
            deliveries.latency.p95_ms === null ? 'Nothing arrived' : `p95 ${formatDuration(deliveries.latency.p95_ms)}`
          }
        >
          <Link to="/deliveries" search={deliveriesBehind(overview, 'delivered')}>
            {deliveries.latency.p50_ms === null ? '–' : formatDuration(deliveries.latency.p50_ms)}
          </Link>
        </Figure>
        <Figure
          label="Jobs"
          note={
            failedJobs > 0 ? (
              <Link to="/jobs" search={jobsBehind(overview, { status: 'failed' })} className="underline">
                {formatCount(failedJobs)} failed
              </Link>
            ) : (
              'None failed'
            )
          }
        >
          <Link to="/jobs" search={jobsBehind(overview)}>
            {formatCount(jobCount)}
          </Link>
        </Figure>
        <Figure label="Cost" note={costNote(runs, unpriced)}>
          <Link to="/jobs" search={jobsBehind(overview)}>
            {formatCost(runs > 0 && unpriced === runs ? null : costs)}
          </Link>
        </Figure>
      </dl>
    </section>
  )
}

/** What the cost is of: runs whose price is not known are not in it. */
function costNote(runs: number, unpriced: number): string {
  if (runs === 0) return 'No model was asked'
  const all = plural(runs, 'model run')
  return unpriced === 0 ? all : `${all}, ${formatCount(unpriced)} without a price`
}

function Figure({
  label,
  note,
  tone = '',
  children,
}: {
  readonly label: string
  readonly note: ReactNode
  readonly tone?: string
  readonly children: ReactNode
}) {
  return (
    <div>
      <dt className="text-[13px] text-muted">{label}</dt>
      <dd className={`nums mt-1 text-xl leading-7 font-semibold tracking-tight [&>a:hover]:underline ${tone}`}>
        {children}
      </dd>
      <dd className="nums mt-0.5 text-[13px] text-muted">{note}</dd>
    </div>
  )
}
