import { type Attempt, INBOX_URL, type InboxReport, inboxReportSchema, type JobDetail } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { LoaderCircle } from 'lucide-react'
import { useState } from 'react'
import { deliveryQuery } from '../../api/deliveries.ts'
import { jobQuery } from '../../api/jobs.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { CAUSES } from '../../ui/status.tsx'
import { Time } from '../../ui/time.tsx'
import { Received } from './received.tsx'
import { Verdicts } from './verdicts.tsx'

/** One webhook on its way to the inbox, or there. */
export function Arrival({ jobId, isNewest }: { readonly jobId: string; readonly isNewest: boolean }) {
  const job = useQuery(jobQuery(jobId))
  // Webhooks of the account and laptops that listen may be told too; the job webhook is the one that is neither.
  const deliveryId = job.data?.deliveries.find((one) => one.webhook_id === null && one.listener_id === null)?.id
  const delivery = useQuery({ ...deliveryQuery(deliveryId ?? ''), enabled: deliveryId !== undefined })
  const [isOpen, setOpen] = useState<boolean | null>(null)
  const isShown = isOpen ?? isNewest

  const error = job.error ?? delivery.error
  const attempt = delivery.data?.attempts.at(-1)
  const report = attempt && readReport(attempt)
  return (
    <li className="flex flex-col gap-4 p-5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p className="min-w-56 flex-1 text-[13px]">
          <span className="font-medium wrap-anywhere">{job.data?.type ?? 'A job'}</span>
          {report && (
            <span className="text-muted">
              {' '}
              · arrived <Time iso={report.received_at} />
            </span>
          )}
        </p>
        {report && delivery.data && (
          <>
            <Button size="sm" aria-expanded={isShown} onClick={() => setOpen(!isShown)}>
              {isShown ? 'Less' : 'More'}
            </Button>
            <Link
              to="/deliveries/$deliveryId"
              params={{ deliveryId: delivery.data.id }}
              search={{ job_id: jobId }}
              className="text-[13px] font-medium text-accent hover:underline"
            >
              Open as delivery
            </Link>
          </>
        )}
      </div>
      {error && <ErrorState error={error} />}
      {!error && !report && <OnItsWay job={job.data} attempt={attempt} />}
      {report && <Verdicts report={report} />}
      {report && attempt && delivery.data && isShown && delivery.data.body !== null && (
        <Received report={report} body={delivery.data.body} attempt={attempt} />
      )}
    </li>
  )
}

/** What it waits for; or why the last attempt did not get there. */
function OnItsWay({ job, attempt }: { readonly job: JobDetail | undefined; readonly attempt: Attempt | undefined }) {
  if (attempt?.cause) {
    return <p className="text-[13px] text-bad">{attempt.message ?? CAUSES[attempt.cause]}</p>
  }
  const isGone = job !== undefined && job.job_webhook !== INBOX_URL
  return (
    <p className="flex items-center gap-2 text-[13px] text-muted">
      {!isGone && <LoaderCircle className="size-4 animate-spin" aria-hidden="true" />}
      {isGone && 'This job has no webhook for the inbox.'}
      {!isGone &&
        (job?.finished_at ? 'The webhook is on its way.' : 'The job runs; its webhook comes when it has ended.')}
    </p>
  )
}

/** What the inbox said of an attempt; null when no answer of it came. */
function readReport({ request, response }: Attempt): InboxReport | null {
  if (request.url !== INBOX_URL || !response?.body) return null
  try {
    return inboxReportSchema.safeParse(JSON.parse(response.body)).data ?? null
  } catch {
    return null
  }
}
