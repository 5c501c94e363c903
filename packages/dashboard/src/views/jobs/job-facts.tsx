import type { JobDetail } from '@ringback/contract'
import { formatDuration } from '../../lib/format.ts'
import { Fact, Facts } from '../../ui/facts.tsx'
import { Time } from '../../ui/time.tsx'
import { runTimeMs } from './run-time.ts'

const WAITING_REASONS: Readonly<Record<NonNullable<JobDetail['waiting']>['waiting_reason'], string>> = {
  turn: 'For its turn and a free place',
  worker: 'For a worker of the account',
  retry: 'For its next attempt',
  provider_limited: 'The provider of the model asked us to slow down',
  provider_unavailable: 'The provider of the model does not answer',
}

/** When a job was accepted, started and done, how often it was tried, and what it waits for. */
export function JobFacts({ job }: { readonly job: JobDetail }) {
  const tookMs = runTimeMs(job)
  return (
    <Facts>
      <Fact label="Created">
        <Time iso={job.created_at} />
      </Fact>
      <Fact label="First started">{job.started_at ? <Time iso={job.started_at} /> : 'not yet'}</Fact>
      <Fact label="Ended">
        {job.finished_at ? <Time iso={job.finished_at} /> : 'not yet'}
        {tookMs !== null && <span className="nums text-muted"> · took {formatDuration(tookMs)}</span>}
      </Fact>
      <Fact label="Attempts">
        <span className="nums">{job.attempts}</span>
      </Fact>
      {job.waiting && (
        <Fact label="Waits">
          {WAITING_REASONS[job.waiting.waiting_reason]}
          <span className="text-muted">
            {' '}
            · due <Time iso={job.waiting.due_at} />
          </span>
        </Fact>
      )}
      {job.cancel_requested_at && (
        <Fact label="Cancel asked for">
          <Time iso={job.cancel_requested_at} />
        </Fact>
      )}
      {job.payload_retention !== null && job.payload_removed_at === null && (
        <Fact label="Payload goes">
          {job.payload_removal_at ? <Time iso={job.payload_removal_at} /> : 'after its end and that of its deliveries'}
          <span className="text-muted"> · kept for {job.payload_retention}, as asked for</span>
        </Fact>
      )}
      {job.job_webhook !== null && (
        <Fact label="Job webhook">
          <span className="font-mono text-[12.5px] break-all">{job.job_webhook}</span>
        </Fact>
      )}
    </Facts>
  )
}
