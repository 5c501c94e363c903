import { INBOX_URL, type JobDetail } from '@ringback/contract'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useWebhookNames } from '../../api/webhooks.ts'
import { Code } from '../../ui/code.tsx'
import { Removed } from '../../ui/removed.tsx'
import { DeliveryBadge } from '../../ui/status.tsx'
import { jobErrorTitle } from './job-error-title.ts'
import { JobFacts } from './job-facts.tsx'
import { JobUsage } from './job-usage.tsx'

/** What is known of a job, in the order in which people ask: how it ended, what came out, who was told, what went in. */
export function JobDetails({ job }: { readonly job: JobDetail }) {
  const isRemoved = job.payload_removed_at !== null
  return (
    <div className="flex flex-col gap-7">
      <JobFacts job={job} />
      {job.error && (
        <Section title="Error">
          <div className="rounded-lg border border-line bg-bad-soft px-4 py-3 text-[13px] leading-5">
            <p className="font-medium text-bad">{jobErrorTitle(job.error.code)}</p>
            <p className="mt-1 wrap-anywhere">{job.error.message}</p>
            <p className="mt-1 font-mono text-xs text-muted">{job.error.code}</p>
          </div>
        </Section>
      )}
      {job.status === 'success' && (
        <Section title="Result">
          {isRemoved ? (
            <Removed at={job.payload_removed_at} />
          ) : (
            <Code text={spread(job.result)} label="Result as JSON" />
          )}
        </Section>
      )}
      {job.finished_at !== null && <Deliveries job={job} />}
      <Section title="Input">
        {isRemoved ? <Removed at={job.payload_removed_at} /> : <Code text={spread(job.input)} label="Input as JSON" />}
      </Section>
      {(job.usage || job.runs.length > 0) && (
        <Section title="Usage">
          <JobUsage job={job} />
        </Section>
      )}
    </div>
  )
}

function Deliveries({ job }: { readonly job: JobDetail }) {
  const names = useWebhookNames()
  return (
    <Section title="Deliveries">
      {job.deliveries.length === 0 ? (
        <p className="text-[13px] text-muted">No webhook was on for jobs like this one when it ended.</p>
      ) : (
        <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line">
          {job.deliveries.map(({ id, status, webhook_id: webhookId, listener_id: listenerId }) => (
            <li key={id} className="relative flex min-h-11 flex-wrap items-center gap-3 px-4 py-2 hover:bg-raised">
              <DeliveryBadge status={status} />
              <Link
                to="/deliveries/$deliveryId"
                params={{ deliveryId: id }}
                search={{ job_id: job.id }}
                className="min-w-0 text-[13px] font-medium wrap-anywhere after:absolute after:inset-0"
              >
                {webhookId === null
                  ? addressName(job, listenerId)
                  : (names.get(webhookId) ?? 'A webhook that was deleted')}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

/** What a delivery without a webhook went to. */
function addressName(job: JobDetail, listenerId: string | null): string {
  if (listenerId !== null) return 'Listener'
  return job.job_webhook === INBOX_URL ? 'Inbox' : 'Job webhook'
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-3 text-sm font-semibold">{title}</h3>
      {children}
    </section>
  )
}

/** JSON over several lines, to read. */
function spread(value: unknown): string {
  return JSON.stringify(value, null, 2)
}
