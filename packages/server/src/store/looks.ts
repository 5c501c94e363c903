import { AppError } from '../lib/errors.ts'
import { StoreUnavailableError } from './errors.ts'
import type { Store } from './store.ts'

/** What people look at and what may read all rows of an account: half a second with a million. */
export type LookName =
  | 'listJobs'
  | 'listDeliveries'
  | 'listRecentAttempts'
  | 'countFailed'
  | 'sumDeliveries'
  | 'sumJobs'
  | 'countRecoverable'
  | 'recoverDeliveries'
  | 'listMissed'

/** Looks of one account that wait for their turn: what several people with a dashboard each ask for at once. */
export const LOOKS_WAITING_MAX = 200

/** Looks that an account has too many of are to be asked for again after this; some have ended by then. */
const RETRY_AFTER_SECONDS = 5

/**
 * Lets `atOnce` looks be under way and the others wait, an account in turn. Without it ten seconds of one account's lists,
 * within its limit of requests, held up the thread of the embedded database for two minutes, and on PostgreSQL took every
 * connection from the heartbeats, so that the process was taken for dead.
 *
 * Of an account at most {@link LOOKS_WAITING_MAX} wait.
 * @throws AppError `request.rate_limited` for more; StoreUnavailableError for those that wait when it ends
 */
export function takeTurnsToLook(
  store: Pick<Store, LookName>,
  atOnce: number,
): { readonly looks: Pick<Store, LookName>; end(): void } {
  interface Waiting {
    readonly resolve: () => void
    readonly reject: (reason: unknown) => void
  }
  let underWay = 0
  /** The account whose turn is next in front. */
  const waiting = new Map<string, Waiting[]>()

  function untilTurn(accountId: string): Promise<void> {
    const ofAccount = waiting.get(accountId) ?? []
    if (ofAccount.length >= LOOKS_WAITING_MAX) {
      const detail = `${LOOKS_WAITING_MAX} lists and counts of the account are waited for already. Try again later.`
      throw new AppError('request.rate_limited', { detail, retryAfterSeconds: RETRY_AFTER_SECONDS })
    }
    waiting.set(accountId, ofAccount)
    return new Promise((resolve, reject) => ofAccount.push({ resolve, reject }))
  }

  /** Gives the place to who is next. */
  function passOn(): void {
    const [next] = waiting
    if (!next) {
      underWay--
      return
    }
    const [accountId, ofAccount] = next
    waiting.delete(accountId)
    const first = ofAccount.shift()
    if (ofAccount.length > 0) waiting.set(accountId, ofAccount)
    first?.resolve()
  }

  async function inTurn<Result>({ accountId }: { accountId: string }, look: () => Promise<Result>): Promise<Result> {
    if (underWay < atOnce) underWay++
    else await untilTurn(accountId)
    try {
      return await look()
    } finally {
      passOn()
    }
  }

  return {
    looks: {
      listJobs: (filter) => inTurn(filter, () => store.listJobs(filter)),
      // Those of one job are a few rows, and programs ask for many of them at once.
      listDeliveries: (filter) =>
        filter.jobId === undefined ? inTurn(filter, () => store.listDeliveries(filter)) : store.listDeliveries(filter),
      listRecentAttempts: (filter) => inTurn(filter, () => store.listRecentAttempts(filter)),
      countFailed: (filter) => inTurn(filter, () => store.countFailed(filter)),
      sumDeliveries: (page) => inTurn(page, () => store.sumDeliveries(page)),
      sumJobs: (page) => inTurn(page, () => store.sumJobs(page)),
      countRecoverable: (filter) => inTurn(filter, () => store.countRecoverable(filter)),
      recoverDeliveries: (filter, page) => inTurn(filter, () => store.recoverDeliveries(filter, page)),
      listMissed: (filter, page) => inTurn(filter, () => store.listMissed(filter, page)),
    },
    end() {
      const all = [...waiting.values()].flat()
      waiting.clear()
      for (const { reject } of all) reject(new StoreUnavailableError('the database is being closed'))
    },
  }
}
