import type { JobDetail } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Ban, RotateCcw } from 'lucide-react'
import { ApiError } from '../../api/client.ts'
import { jobQuery, useCancelJob } from '../../api/jobs.ts'
import { Button, buttonClass } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Drawer } from '../../ui/dialog.tsx'
import { ErrorState, Skeleton } from '../../ui/states.tsx'
import { JobBadge } from '../../ui/status.tsx'
import { toast } from '../../ui/toast.tsx'
import { ExpungeJob } from './expunge-job.tsx'
import { JobDetails } from './job-details.tsx'

const route = getRouteApi('/shell/jobs/$jobId')

/** One job beside the list, at an address of its own. */
export function JobDrawer() {
  const { jobId } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const job = useQuery(jobQuery(jobId))
  const isGone = job.error instanceof ApiError && job.error.status === 404
  return (
    <Drawer
      open
      onClose={() => void navigate({ to: '/jobs', search })}
      title={
        <>
          {job.data?.type ?? 'Job'}
          {job.data && <JobBadge status={job.data.status} />}
        </>
      }
      hint={<span className="font-mono text-[12.5px] break-all max-sm:text-[11px]">{jobId}</span>}
      beside={<CopyButton text={location.href} iconOnly label="Copy the link to this job" />}
      actions={
        <>
          {job.data && <Cancel job={job.data} />}
          {job.data && <ExpungeJob job={job.data} />}
          {job.data && job.data.payload_removed_at === null && (
            <Link
              to="/playground"
              search={{ type: job.data.type, job: jobId }}
              className={buttonClass({ size: 'sm' })}
              title="Fills the playground with the input of this job"
            >
              <RotateCcw className="size-3.5" aria-hidden="true" />
              Run again
            </Link>
          )}
        </>
      }
    >
      {isGone && (
        <p className="text-sm leading-6 text-muted">
          This account has no such job. It may have been deleted after its time, or the link is of another account.
        </p>
      )}
      {job.error && !isGone && !job.data && <ErrorState error={job.error} onRetry={() => void job.refetch()} />}
      {job.isPending && <Skeleton className="h-96 w-full" />}
      {job.data && <JobDetails job={job.data} />}
    </Drawer>
  )
}

/** A job that waits ends at once, one that runs is stopped, one that has ended says so: each in the server's words. */
function Cancel({ job }: { readonly job: JobDetail }) {
  const cancel = useCancelJob(job.id)
  if (job.finished_at !== null) return null
  return (
    <Button
      size="sm"
      look="danger"
      busy={cancel.isPending}
      disabled={job.cancel_requested_at !== null}
      icon={<Ban className="size-3.5" />}
      onClick={() =>
        cancel.mutate(undefined, {
          onSuccess: ({ message }) => toast(message),
          onError: (error) => toast(error.message, 'bad'),
        })
      }
    >
      {job.cancel_requested_at === null ? 'Cancel' : 'Being cancelled'}
    </Button>
  )
}
