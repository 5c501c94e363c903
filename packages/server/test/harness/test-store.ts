import { newId } from '../../src/lib/ids.ts'
import type { FinishedJob } from '../../src/store/jobs.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite.ts'
import type { Store } from '../../src/store/store.ts'
import { createStandingClock, type StandingClock } from './standing-clock.ts'

/** A database in memory with what every job needs. */
export interface TestStore {
  readonly store: Store
  readonly clock: StandingClock
  /** Of the one account. */
  readonly accountId: string
  /** Of a process that lives for ever. */
  readonly processId: string
}

/** Opens a database in memory, on a clock that stands still; whoever opens it closes its store. */
export async function openTestStore(): Promise<TestStore> {
  const clock = createStandingClock()
  const store = await openSqliteStore({ file: ':memory:', clock })
  const account = { id: newId(), name: 'default', webhookId: newId(), createdAt: clock.now() }
  const process = { id: newId(), host: 'here', pid: 1, startedAt: 0, expiresAt: Number.MAX_SAFE_INTEGER }
  const { id: accountId } = await store.ensureAccount(account)
  await store.insertProcess(process)
  return { store, clock, accountId, processId: process.id }
}

/** The end of a job with success, for `finishJob`. */
export function endOf(job: Pick<FinishedJob, 'id' | 'leasedBy' | 'finishedAt'> & Partial<FinishedJob>): FinishedJob {
  return {
    jobWebhookAddress: null,
    status: 'success',
    result: '1',
    error: null,
    body: '{}',
    bodyWithResult: '{}',
    leaseDeliveriesMax: 0,
    ...job,
  }
}
