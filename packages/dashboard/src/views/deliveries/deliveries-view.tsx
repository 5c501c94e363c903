import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Outlet } from '@tanstack/react-router'
import { Pause, Play } from 'lucide-react'
import { useState } from 'react'
import { deliveriesQuery, newestDeliveriesQuery } from '../../api/deliveries.ts'
import { queryClient } from '../../api/query-client.ts'
import { useShortcuts } from '../../lib/keyboard.ts'
import { rowMoves } from '../../lib/row-moves.ts'
import { Button } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { DeliveryTable, LoadingRows } from './delivery-table.tsx'
import { Filters } from './filters.tsx'
import { mergeNewest } from './live-rows.ts'
import { NoDeliveries } from './no-deliveries.tsx'
import { useFilters } from './use-filters.ts'

const route = getRouteApi('/shell/deliveries')

/** Everything that was or will be told, newest first; details open beside it. */
export function DeliveriesView() {
  const search = route.useSearch()
  const filters = useFilters(search)
  const [isLive, setLive] = useState(true)
  const list = useInfiniteQuery(deliveriesQuery(filters))
  const newest = useQuery(newestDeliveriesQuery(filters, isLive && list.isSuccess))
  const shown = list.data?.pages.flatMap(({ data }) => data) ?? []
  const { rows, newCount, isMore } = mergeNewest(shown, newest.data?.data ?? [])
  const showNew = () => void queryClient.resetQueries({ queryKey: ['deliveries', 'list'] })
  useShortcuts({
    ...rowMoves('delivery'),
    '/': { text: 'To the filters', run: () => document.getElementById('filter-status')?.focus() },
    p: { text: isLive ? 'Pause' : 'Go live', run: () => setLive(!isLive) },
    n: { text: 'Show new deliveries', run: showNew },
  })

  return (
    <Page
      title="Deliveries"
      hint="One finished job, told to one address. Open one to see each attempt."
      actions={
        <Button
          size="sm"
          aria-pressed={!isLive}
          icon={isLive ? <Pause className="size-3.5" /> : <Play className="size-3.5" />}
          onClick={() => setLive(!isLive)}
        >
          {isLive ? 'Pause' : 'Go live'}
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <Filters search={search} />
        {list.error && !list.data ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : (
          <div className="overflow-hidden rounded-xl border border-line bg-surface">
            <NewRows count={newCount} isMore={isMore} onShow={showNew} />
            {list.isPending && <LoadingRows />}
            {list.data && rows.length === 0 && newCount === 0 && <NoDeliveries search={search} />}
            {rows.length > 0 && <DeliveryTable rows={rows} search={search} />}
            {list.hasNextPage && (
              <div className="flex justify-center border-t border-line p-3">
                <Button look="quiet" size="sm" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                  Show older ones
                </Button>
              </div>
            )}
          </div>
        )}
      </div>
      <Outlet />
    </Page>
  )
}

/** The place is always there, so that the rows below do not move when the first one comes. */
function NewRows({
  count,
  isMore,
  onShow,
}: {
  readonly count: number
  readonly isMore: boolean
  readonly onShow: () => void
}) {
  return (
    <div aria-live="polite" className={count > 0 ? 'border-b border-line' : 'sr-only'}>
      {count > 0 && (
        <button
          type="button"
          onClick={onShow}
          className="flex h-9 w-full items-center justify-center gap-2 bg-accent-soft text-[13px] font-medium text-accent hover:underline"
        >
          {count}
          {isMore ? ' or more' : ''} new {count === 1 ? 'delivery' : 'deliveries'}: show
        </button>
      )}
    </div>
  )
}
