import type { Webhook, WebhookStats } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronRight, Plus } from 'lucide-react'
import { useWebhookStats, webhooksQuery } from '../../api/webhooks.ts'
import { formatDuration, formatShare, formatWaiting } from '../../lib/format.ts'
import { inAddress } from '../../lib/in-address.ts'
import { useShortcuts } from '../../lib/keyboard.ts'
import { rowMoves } from '../../lib/row-moves.ts'
import { buttonClass } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { ErrorState, Skeleton } from '../../ui/states.tsx'
import { WebhookBadge } from '../../ui/status.tsx'
import { Time } from '../../ui/time.tsx'
import { AttemptBars } from './parts/attempt-bars.tsx'

/** All webhooks of the account, and how each is doing. */
export function WebhooksView() {
  const webhooks = useQuery(webhooksQuery)
  useShortcuts(rowMoves('webhook'))
  return (
    <Page
      title="Webhooks"
      hint="Addresses that are called when a job has finished. Every request is signed, every attempt is on record."
      actions={
        <Link to="/webhooks/new" className={buttonClass({ look: 'primary' })}>
          <Plus className="size-4" aria-hidden="true" /> Add webhook
        </Link>
      }
    >
      {webhooks.error && !webhooks.data ? (
        <ErrorState error={webhooks.error} onRetry={() => void webhooks.refetch()} />
      ) : (
        <ul className="flex flex-col gap-3">
          {webhooks.data?.map((webhook) => <Row key={webhook.id} webhook={webhook} />) ??
            [1, 2].map((row) => <Skeleton key={row} className="h-[104px] rounded-xl" />)}
        </ul>
      )}
    </Page>
  )
}

function Row({ webhook }: { readonly webhook: Webhook }) {
  const stats = useWebhookStats(webhook.id)
  return (
    <li className="group relative rounded-xl border border-line bg-surface transition-colors hover:border-line-strong">
      <div className="flex items-center gap-4 px-5 pt-4">
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-2.5">
            <Link
              to="/webhooks/$webhookId"
              params={{ webhookId: inAddress(webhook.name, webhook.id) }}
              data-row
              className="truncate text-[15px] font-semibold after:absolute after:inset-0 after:rounded-xl"
            >
              {webhook.name}
            </Link>
            <WebhookBadge webhook={webhook} />
            {webhook.name === 'operational' && (
              <span className="text-[13px] text-muted">is told what happens to the others</span>
            )}
          </div>
          <p className="mt-1 truncate font-mono text-[12.5px] text-muted">{webhook.url ?? 'No URL yet'}</p>
        </div>
        <ChevronRight
          className="size-4 text-faint transition-transform group-hover:translate-x-0.5"
          aria-hidden="true"
        />
      </div>
      <Strip webhook={webhook} stats={stats} />
    </li>
  )
}

function Strip({ webhook, stats }: { readonly webhook: Webhook; readonly stats: WebhookStats | null | undefined }) {
  return (
    <div className="mt-3 flex flex-wrap items-center justify-between gap-x-7 gap-y-2 border-t border-line px-5 py-2.5">
      <dl className="flex flex-wrap gap-x-7 gap-y-1 text-[13px] [&_dd]:nums [&_dd]:font-medium [&_div]:flex [&_div]:gap-1.5 [&_dt]:text-muted">
        <div>
          <dt>Success</dt>
          <dd>{stats ? formatShare(stats.succeeded, stats.attempts) : '–'}</dd>
        </div>
        <div>
          <dt>p50</dt>
          <dd>{stats?.p50_ms == null ? '–' : formatDuration(stats.p50_ms)}</dd>
        </div>
        <div>
          <dt>p95</dt>
          <dd>{stats?.p95_ms == null ? '–' : formatDuration(stats.p95_ms)}</dd>
        </div>
        <div>
          <dt>Waiting</dt>
          <dd>
            {formatWaiting(webhook.waiting)}
            {webhook.oldest_waiting_since && (
              <span className="font-normal text-muted">
                , since <Time iso={webhook.oldest_waiting_since} />
              </span>
            )}
          </dd>
        </div>
      </dl>
      <AttemptBars recent={stats?.recent ?? []} />
    </div>
  )
}
