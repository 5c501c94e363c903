import { Pause, Play } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { ErrorState, FormError, Skeleton } from './states.tsx'

interface Props {
  /** One row and many: `delivery`, `deliveries`. */
  readonly what: readonly [one: string, many: string]
  readonly live: {
    readonly pages: {
      readonly error: Error | null
      readonly isPending: boolean
      readonly isSuccess: boolean
      readonly hasNextPage: boolean
      readonly isFetchingNextPage: boolean
      readonly isFetchNextPageError: boolean
      refetch(): unknown
      fetchNextPage(): unknown
    }
    readonly rows: readonly unknown[]
    readonly newCount: number
    readonly isMore: boolean
    readonly staleError: Error | null
    showNew(): void
  }
  /** In place of the rows, when there are none. */
  readonly empty: ReactNode
  /** The table of the rows. */
  readonly children: ReactNode
}

/** The frame of a list that goes on while it is read: new rows are announced above it, older ones are asked for below. */
export function LiveList({ what, live, empty, children }: Props) {
  const { pages, rows, newCount, isMore, staleError, showNew } = live
  if (pages.error && !pages.isSuccess && rows.length === 0) {
    return <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
  }
  return (
    <div className="overflow-hidden rounded-xl border border-line bg-surface">
      <NewRows what={what} count={newCount} isMore={isMore} onShow={showNew} />
      <div role="status">
        {staleError && (
          <p className="border-b border-line bg-warn-soft px-4 py-2 text-[13px] text-warn">
            This list may be old: {staleError.message}
          </p>
        )}
      </div>
      {pages.isPending && <LoadingRows />}
      {!pages.isPending && rows.length === 0 && newCount === 0 && empty}
      {rows.length > 0 && children}
      {pages.hasNextPage && (
        <div className="flex flex-wrap items-center justify-center gap-3 border-t border-line p-3">
          {pages.isFetchNextPageError && <FormError error={pages.error} />}
          <Button look="quiet" size="sm" busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            Show older ones
          </Button>
        </div>
      )}
    </div>
  )
}

/** Stops and goes on with looking for new rows. */
export function LiveButton({
  isLive,
  onChange,
}: {
  readonly isLive: boolean
  readonly onChange: (live: boolean) => void
}) {
  return (
    <Button
      size="sm"
      aria-pressed={!isLive}
      icon={isLive ? <Pause className="size-3.5" /> : <Play className="size-3.5" />}
      onClick={() => onChange(!isLive)}
    >
      {isLive ? 'Pause' : 'Go live'}
    </Button>
  )
}

/** The place is always there, so that the rows below do not move when the first one comes. */
function NewRows({
  what,
  count,
  isMore,
  onShow,
}: {
  readonly what: readonly [one: string, many: string]
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
          {isMore ? ' or more' : ''} new {what[count === 1 ? 0 : 1]}: show
        </button>
      )}
    </div>
  )
}

/** As high as rows are, so that nothing jumps when they come. */
function LoadingRows() {
  return (
    <div aria-busy="true" className="divide-y divide-line md:pt-9">
      {[1, 2, 3, 4, 5, 6, 7, 8].map((row) => (
        <div key={row} className="flex h-12 items-center gap-6 px-4">
          <Skeleton className="h-5 w-24 rounded-full" />
          <Skeleton className="h-4 w-40" />
          <Skeleton className="h-4 flex-1" />
          <Skeleton className="h-4 w-16" />
        </div>
      ))}
    </div>
  )
}
