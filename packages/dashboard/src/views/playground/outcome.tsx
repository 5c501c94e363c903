import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { jobQuery } from '../../api/jobs.ts'
import { buttonClass } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { ErrorState, Skeleton } from '../../ui/states.tsx'
import { JobBadge } from '../../ui/status.tsx'
import { JobDetails } from '../jobs/job-details.tsx'

/** A job from here to its end, and the deliveries that tell of it. */
export function Outcome({ jobId }: { readonly jobId: string }) {
  const job = useQuery(jobQuery(jobId))
  return (
    <Card
      title={
        <span className="flex items-center gap-2.5">The job {job.data && <JobBadge status={job.data.status} />}</span>
      }
      actions={
        <Link to="/jobs/$jobId" params={{ jobId }} className={buttonClass({ size: 'sm' })}>
          Open as job
        </Link>
      }
    >
      <div className="p-5" aria-live="polite">
        {job.error && !job.data && <ErrorState error={job.error} onRetry={() => void job.refetch()} />}
        {job.isPending && <Skeleton className="h-40" />}
        {job.data && <JobDetails job={job.data} />}
      </div>
    </Card>
  )
}
