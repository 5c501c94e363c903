import type { DeliveryStatus, JobStatus, Overview } from '@ringback/contract'
import { currentTime } from '../../lib/clock.ts'

/** The filters of the delivery list that show what a number counts. */
export function deliveriesBehind({ deliveries, since }: Overview, status?: DeliveryStatus) {
  return { since: later(since, deliveries.counted_from), ...(status && { status }) }
}

/** The filters of the job list that show what a number counts. */
export function jobsBehind(
  { jobs, since }: Overview,
  filter: { status?: JobStatus; type?: string; model?: string } = {},
) {
  return { since: later(since, jobs.counted_from), ...filter }
}

/** The deliveries of one step; the one that is not over yet has no end. */
export function deliveriesOfStep(atMs: number, stepMs: number, status?: DeliveryStatus) {
  const endMs = atMs + stepMs
  return {
    since: new Date(atMs).toISOString(),
    ...(endMs <= currentTime() && { until: new Date(endMs).toISOString() }),
    ...(status && { status }),
  }
}

function later(one: string, other: string): string {
  return one > other ? one : other
}
