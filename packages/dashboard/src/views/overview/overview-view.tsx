import type { Overview } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { overviewQuery } from '../../api/overview.ts'
import { useShortcuts } from '../../lib/keyboard.ts'
import { rowMoves } from '../../lib/row-moves.ts'
import { Card } from '../../ui/card.tsx'
import { Page } from '../../ui/page.tsx'
import { ErrorState, Skeleton } from '../../ui/states.tsx'
import { AttemptTimes } from './attempt-times.tsx'
import { DeliveryChart } from './delivery-chart.tsx'
import { Figures } from './figures.tsx'
import { JobTypes } from './job-types.tsx'
import { LatencyChart } from './latency-chart.tsx'
import { Models } from './models.tsx'
import { NothingEver, NothingInRange, NothingTold } from './nothing.tsx'
import { RangeLinks } from './range-links.tsx'

const route = getRouteApi('/shell/overview')

/** The first page: how deliveries and jobs have been doing, and the way to what is behind each number. */
export function OverviewView() {
  const { range = '24h' } = route.useSearch()
  const overview = useQuery(overviewQuery(range))
  useShortcuts(rowMoves('job type'))
  return (
    <Page
      title="Overview"
      hint="What became of jobs, and of telling about them. Numbers lead to the lists behind them."
      actions={<RangeLinks range={range} />}
    >
      {overview.error && !overview.data && (
        <ErrorState error={overview.error} onRetry={() => void overview.refetch()} />
      )}
      {overview.isPending && <Loading />}
      {overview.data && <Content overview={overview.data} />}
    </Page>
  )
}

function Content({ overview }: { readonly overview: Overview }) {
  const { deliveries, jobs } = overview
  const isEmpty = jobs.types.length === 0 && Object.values(deliveries.totals).every((count) => count === 0)
  if (isEmpty) {
    const latest = [jobs.latest_at, deliveries.latest_at].filter((at) => at !== null).sort()
    const newest = latest.at(-1)
    return <Card>{newest === undefined ? <NothingEver /> : <NothingInRange newest={newest} />}</Card>
  }
  const isTold = Object.values(deliveries.totals).some((count) => count > 0)
  return (
    <>
      <Limits overview={overview} />
      <Figures overview={overview} />
      {isTold ? (
        <>
          <DeliveryChart overview={overview} />
          <LatencyChart overview={overview} />
        </>
      ) : (
        <Card title="Deliveries">
          <NothingTold />
        </Card>
      )}
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <JobTypes overview={overview} />
        <div className="flex min-w-0 flex-col gap-6">
          <Models overview={overview} />
          {isTold && <AttemptTimes overview={overview} />}
        </div>
      </div>
    </>
  )
}

/** Said when there is more than is counted: then the numbers are not of the whole range. */
function Limits({ overview: { since, deliveries, jobs } }: { readonly overview: Overview }) {
  const cut = [
    { what: 'deliveries', ...deliveries },
    { what: 'jobs', ...jobs },
  ].filter(({ counted_from }) => counted_from > since)
  if (cut.length === 0) return null
  return (
    <p role="note" className="rounded-xl border border-line bg-warn-soft px-5 py-3 text-[13px] leading-5">
      There is more here than is counted:{' '}
      {cut
        .map(({ what, counted_max, counted_from }) => {
          const from = new Date(counted_from).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
          return `of the ${what}, the newest ${counted_max.toLocaleString('en')}, since ${from}`
        })
        .join('; ')}
      . A shorter range has less in it.
    </p>
  )
}

/** As high as what comes. */
function Loading() {
  return (
    <div aria-busy="true" className="flex flex-col gap-6">
      <Skeleton className="h-28 rounded-xl" />
      <Skeleton className="h-92 rounded-xl" />
      <Skeleton className="h-92 rounded-xl" />
    </div>
  )
}
