import type { Clock } from '../lib/clock.ts'
import { type Store, workerJobsOf } from '../store/store.ts'

/** One request that waits for a job of some types of an account. */
export interface Wait {
  /** Resolves when there may be one, after `ms` milliseconds, when the signal aborts, or when waiting has ended for all. */
  until(ms: number, signal: AbortSignal): Promise<void>
  /** Lets the next request for the same types look: it may find what is left. */
  passOn(): void
  /** Ends this wait. */
  end(): void
}

/** The requests of this process that wait for jobs that workers run. */
export interface WorkWaits {
  /** Begins to listen: what is told from now on is not missed. */
  begin(accountId: string, types: readonly string[]): Wait
  /** Lets one request of each kind look again: the workers of the account may have one job more. */
  tell(accountId: string): void
  /** Ends all waiting: the process stops. */
  close(): void
  readonly isClosed: boolean
}

/** A request's ear. What was told while it was looking is kept until it waits. */
interface Ear {
  told: boolean
  wake: () => void
}

/**
 * Wakes requests when the store tells of work. A hundred workers of an account wait for the same types: one is woken,
 * and wakes the next when it has found something. So a job costs one look into the database, not a hundred.
 */
export function createWorkWaits({ store, clock }: { store: Pick<Store, 'onWork'>; clock: Clock }): WorkWaits {
  /** By account, then by types: those who wait, the longest waiting first. */
  const accounts = new Map<string, Map<string, Set<Ear>>>()
  let isClosed = false

  const stopListening = store.onWork((kind) => {
    for (const [accountId, groups] of accounts) {
      if (kind !== 'worker_jobs' && kind !== workerJobsOf(accountId)) continue
      for (const ears of groups.values()) tellOne(ears)
    }
  })

  return {
    get isClosed() {
      return isClosed
    },
    begin(accountId, types) {
      const key = JSON.stringify(types.toSorted())
      const groups = accounts.get(accountId) ?? new Map<string, Set<Ear>>()
      const ears = groups.get(key) ?? new Set<Ear>()
      accounts.set(accountId, groups)
      groups.set(key, ears)
      const ear: Ear = { told: false, wake: () => {} }
      ears.add(ear)
      return {
        async until(ms, signal) {
          if (!ear.told && !isClosed && !signal.aborted) await hear(ear, clock, ms, signal)
          ear.told = false
          ear.wake = () => {}
        },
        passOn() {
          ears.delete(ear)
          tellOne(ears)
        },
        end() {
          ears.delete(ear)
          // It was told of something and will not look: somebody else should.
          if (ear.told) tellOne(ears)
          if (ears.size === 0) groups.delete(key)
          if (groups.size === 0) accounts.delete(accountId)
        },
      }
    },
    tell(accountId) {
      for (const ears of accounts.get(accountId)?.values() ?? []) tellOne(ears)
    },
    close() {
      isClosed = true
      stopListening()
      for (const groups of accounts.values()) {
        for (const ears of groups.values()) for (const ear of ears) ear.wake()
      }
    },
  }
}

function tellOne(ears: ReadonlySet<Ear>): void {
  for (const ear of ears) {
    if (ear.told) continue
    ear.told = true
    ear.wake()
    return
  }
}

function hear(ear: Ear, clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(ms, done)
    ear.wake = done
    signal.addEventListener('abort', done, { once: true })
  })
}
