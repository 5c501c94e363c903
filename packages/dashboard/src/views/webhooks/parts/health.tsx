import type { Webhook } from '@ringback/contract'
import type { ReactNode } from 'react'
import { useWebhookStats } from '../../../api/webhooks.ts'
import { formatCount, formatDuration, formatShare, formatWaiting, plural } from '../../../lib/format.ts'
import { Skeleton } from '../../../ui/states.tsx'
import { CAUSES } from '../../../ui/status.tsx'
import { Time } from '../../../ui/time.tsx'
import { AttemptBars } from './attempt-bars.tsx'

/** How a webhook has been doing in the last 24 hours, in one line of figures. */
export function Health({ webhook }: { readonly webhook: Webhook }) {
  const stats = useWebhookStats(webhook.id)
  const isKnown = stats !== undefined
  return (
    <section aria-label="Health" className="rounded-xl border border-line bg-surface">
      <dl className="grid grid-cols-2 divide-line md:grid-cols-5 md:divide-x [&>div]:px-5 [&>div]:py-4">
        <Figure
          label="Success, 24 h"
          value={isKnown ? (stats ? formatShare(stats.succeeded, stats.attempts) : '–') : null}
          note={
            stats
              ? `${formatCount(stats.succeeded)} of ${plural(stats.attempts, 'attempt')}`
              : isKnown
                ? 'No attempts yet'
                : '…'
          }
        />
        <Figure
          label="Time to answer"
          value={isKnown ? (stats?.p50_ms == null ? '–' : formatDuration(stats.p50_ms)) : null}
          note={stats?.p95_ms == null ? 'Half of the attempts' : `95 of 100 within ${formatDuration(stats.p95_ms)}`}
        />
        <Figure
          label="Job end to answer"
          value={
            isKnown
              ? stats?.first_byte_after_p50_ms == null
                ? '–'
                : formatDuration(stats.first_byte_after_p50_ms)
              : null
          }
          note={
            stats?.first_byte_after_p95_ms == null
              ? 'Half of the deliveries'
              : `95 of 100 within ${formatDuration(stats.first_byte_after_p95_ms)}`
          }
        />
        <Figure label="Breaker" value={breakerText(webhook)} note={breakerNote(webhook)} />
        <Figure
          label="Waiting"
          value={formatWaiting(webhook.waiting)}
          note={
            webhook.oldest_waiting_since ? (
              <>
                Oldest from <Time iso={webhook.oldest_waiting_since} />
              </>
            ) : (
              'Nothing waits'
            )
          }
        />
      </dl>
      <div className="flex items-center justify-between gap-4 border-t border-line px-5 py-2.5 text-[13px] text-muted">
        <span>
          {webhook.last_success_at ? (
            <>
              Last success <Time iso={webhook.last_success_at} />
            </>
          ) : (
            'No success yet'
          )}
        </span>
        <AttemptBars recent={stats?.recent ?? []} />
      </div>
    </section>
  )
}

function Figure({
  label,
  value,
  note,
}: {
  readonly label: string
  readonly value: ReactNode
  readonly note: ReactNode
}) {
  return (
    <div>
      <dt className="text-[13px] text-muted">{label}</dt>
      <dd className="nums mt-1 text-xl leading-7 font-semibold tracking-tight">
        {value ?? <Skeleton className="my-1 h-5 w-16" />}
      </dd>
      <dd className="mt-0.5 text-[13px] text-muted">{note}</dd>
    </div>
  )
}

function breakerText({ state, paused_until }: Webhook): string {
  if (state === 'disabled') return 'Off'
  if (state === 'healthy') return paused_until === null ? 'Closed' : 'Slowed'
  return paused_until === null ? 'Probing' : 'Open'
}

function breakerNote(webhook: Webhook): ReactNode {
  const { state, paused_until, consecutive_failures, last_cause } = webhook
  if (state === 'disabled') return 'The webhook is switched off'
  if (state === 'healthy' && paused_until !== null) {
    return (
      <>
        The receiver asked for patience: next attempt <Time iso={paused_until} />
      </>
    )
  }
  if (state === 'healthy') {
    return consecutive_failures === 0 ? 'Sending freely' : `${plural(consecutive_failures, 'failure')} in a row`
  }
  const cause = last_cause ? CAUSES[last_cause].toLowerCase() : 'it failed'
  if (paused_until === null) return `One delivery at a time: ${cause}`
  return (
    <>
      Next probe <Time iso={paused_until} />: {cause}
    </>
  )
}
