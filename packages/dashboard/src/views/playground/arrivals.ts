import { session } from '../../api/status.ts'
import { createStore } from '../../lib/store.ts'

/** How many are kept on the page: as many as anybody looks back at. */
const ARRIVALS_MAX = 20

/** The jobs whose webhooks go to the inbox, as they were run on this page; newest first. */
export const arrivals = createStore<readonly string[]>([])

// What one person ran is nobody's business who signs in after them.
session.subscribe(() => {
  if (session.get() === 'out') arrivals.set([])
})

/** Adds a job that was just run. */
export function expectArrival(jobId: string): void {
  arrivals.set([jobId, ...arrivals.get()].slice(0, ARRIVALS_MAX))
}
