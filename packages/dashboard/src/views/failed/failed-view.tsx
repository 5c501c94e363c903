import type { FailedGroup } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { ChevronRight, PartyPopper, RotateCcw } from 'lucide-react'
import { useMemo, useState } from 'react'
import { failedQuery } from '../../api/deliveries.ts'
import { useWebhookNames } from '../../api/webhooks.ts'
import { currentTime } from '../../lib/clock.ts'
import { formatCount } from '../../lib/format.ts'
import { useShortcuts } from '../../lib/keyboard.ts'
import { RANGE_OPTIONS, RANGES, type Range } from '../../lib/range.ts'
import { rowMoves } from '../../lib/row-moves.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Select } from '../../ui/field.tsx'
import { Page } from '../../ui/page.tsx'
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx'
import { CAUSES } from '../../ui/status.tsx'
import { Time } from '../../ui/time.tsx'
import { RecoverDialog } from './recover-dialog.tsx'

const route = getRouteApi('/shell/failed')

/** What was given up or discarded, gathered by webhook and cause, and the way to send it again. */
export function FailedView() {
  const { range = '7d' } = route.useSearch()
  const navigate = useNavigate()
  const since = useMemo(() => new Date(currentTime() - RANGES[range]).toISOString(), [range])
  const failed = useQuery(failedQuery({ since }))
  const names = useWebhookNames()
  const [recovering, setRecovering] = useState(false)
  useShortcuts(rowMoves('group'))
  const groups = Map.groupBy(failed.data?.data ?? [], ({ webhook_id }) => webhook_id)
  return (
    <Page
      title="Failed and over"
      hint="Deliveries whose last attempt failed, and those that were discarded. Nothing is sent again by itself."
      actions={
        <>
          <Select
            aria-label="Time"
            className="w-auto!"
            value={range}
            onChange={(event) => void navigate({ to: '/failed', search: { range: event.target.value as Range } })}
          >
            {RANGE_OPTIONS.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
          <Button look="primary" icon={<RotateCcw className="size-4" />} onClick={() => setRecovering(true)}>
            Recover
          </Button>
        </>
      }
    >
      {failed.error && <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />}
      {failed.isPending && <Skeleton className="h-48 rounded-xl" />}
      {failed.data && groups.size === 0 && (
        <Card>
          <EmptyState icon={PartyPopper} title="Nothing failed">
            Every delivery of this time arrived, or still has attempts left.
          </EmptyState>
        </Card>
      )}
      {[...groups].map(([webhookId, members]) => (
        <Group
          key={webhookId ?? 'job webhooks'}
          title={webhookId === null ? 'Job webhooks' : (names.get(webhookId) ?? 'A deleted webhook')}
          webhook={webhookId === null ? undefined : (names.get(webhookId) ?? webhookId)}
          members={members}
          since={since}
        />
      ))}
      {recovering && <RecoverDialog since={since} onClose={() => setRecovering(false)} />}
    </Page>
  )
}

function Group({
  title,
  webhook,
  members,
  since,
}: {
  readonly title: string
  readonly webhook: string | undefined
  readonly members: readonly FailedGroup[]
  readonly since: string
}) {
  const total = members.reduce((sum, { count }) => sum + count, 0)
  return (
    <Card title={title} actions={<span className="nums text-[13px] text-muted">{formatCount(total)} in all</span>}>
      <ul className="divide-y divide-line">
        {members.map(({ status, cause, count, oldest_at, newest_at }) => (
          <li key={`${status} ${cause}`} className="group relative flex items-center gap-4 px-5 py-3.5 hover:bg-raised">
            <span className="nums w-12 text-lg font-semibold tracking-tight">{formatCount(count)}</span>
            <div className="min-w-0 flex-1">
              <Link
                to="/deliveries"
                search={{ status, since, ...(cause !== null && { cause }), ...(webhook !== undefined && { webhook }) }}
                data-row
                className="text-sm font-medium after:absolute after:inset-0"
              >
                {cause === null ? 'Discarded before any attempt' : CAUSES[cause]}
              </Link>
              <p className="mt-0.5 text-[13px] text-muted">
                {status === 'failed' ? 'Given up' : 'Discarded'} · first <Time iso={oldest_at} />, last{' '}
                <Time iso={newest_at} />
              </p>
            </div>
            <ChevronRight
              className="size-4 text-faint transition-transform group-hover:translate-x-0.5"
              aria-hidden="true"
            />
          </li>
        ))}
      </ul>
    </Card>
  )
}
