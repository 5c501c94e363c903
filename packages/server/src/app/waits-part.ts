import { createJobWaiter, type JobWaiter } from '../jobs/job-waiter.ts'
import type { Ground } from './ground.ts'
import type { Part } from './part.ts'

/** Requests that wait for the end of a job. They are answered before the server stops to listen. */
export interface WaitsPart extends Part {
  readonly jobWaiter: JobWaiter
}

export function createWaitsPart({ store, clock, log }: Ground): WaitsPart {
  const jobWaiter = createJobWaiter({ store, clock, log })
  return { name: 'waits', jobWaiter, stop: () => jobWaiter.stop() }
}
