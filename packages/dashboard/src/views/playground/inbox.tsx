import { Inbox as InboxIcon } from 'lucide-react'
import { useStore } from '../../lib/store.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { Arrival } from './arrival.tsx'
import { arrivals } from './arrivals.ts'

/** The built-in receiver: what arrived there of the jobs that were run on this page. */
export function Inbox() {
  const jobIds = useStore(arrivals)
  return (
    <section aria-label="Inbox">
      <Card
        title="Inbox"
        hint="A receiver inside Ringback, reached over a socket."
        actions={
          jobIds.length > 0 && (
            <Button size="sm" onClick={() => arrivals.set([])}>
              Clear
            </Button>
          )
        }
      >
        {jobIds.length === 0 ? (
          <EmptyState icon={InboxIcon} title="Nothing has arrived">
            Run a job: its webhook is seen here the moment it comes.
          </EmptyState>
        ) : (
          <ul className="divide-y divide-line" aria-live="polite">
            {jobIds.map((jobId, index) => (
              <Arrival key={jobId} jobId={jobId} isNewest={index === 0} />
            ))}
          </ul>
        )}
      </Card>
    </section>
  )
}
