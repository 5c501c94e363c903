import type { Clock } from '../lib/clock.ts'

/** The limit is per minute, and so is its window. */
const WINDOW_MS = 60_000

/** What is left of an account's limit. */
export interface Allowance {
  /** Whether this request is within the limit. */
  readonly allowed: boolean
  readonly limit: number
  /** Requests left in this window, never below 0. */
  readonly remaining: number
  /** When the window ends, in Unix seconds. */
  readonly resetAtSeconds: number
  /** Whole seconds until then, at least 1: what `Retry-After` says. */
  readonly retryAfterSeconds: number
}

export interface LimitedAccount {
  readonly accountId: string
  /** The limit of the account; null: that of everybody. */
  readonly requestsPerMinute: number | null
}

export interface RateLimiter {
  /** Takes one request out of the account's limit, if there is one left. */
  spend(account: LimitedAccount): Allowance
  /** The same answer without taking anything: for requests that do not count. */
  look(account: LimitedAccount): Allowance
}

/**
 * Counts each account's requests in windows of one minute of the clock, the same minute for all accounts: the counters
 * of a window are thrown away together, so memory is bounded by the accounts active in one minute. Counts are per
 * process; with several API processes an account has the limit in each of them.
 */
export function createRateLimiter(options: { clock: Clock; requestsPerMinute: number }): RateLimiter {
  const { clock } = options
  let window = -1
  const spentByAccount = new Map<string, number>()

  function allowance({ accountId, requestsPerMinute }: LimitedAccount, spend: boolean): Allowance {
    const limit = requestsPerMinute ?? options.requestsPerMinute
    const now = clock.now()
    const current = Math.floor(now / WINDOW_MS)
    // Not only later: a clock that was set back begins a new window too, or accounts could be locked out for hours.
    if (current !== window) {
      window = current
      spentByAccount.clear()
    }
    const spent = spentByAccount.get(accountId) ?? 0
    const allowed = spent < limit
    const spentNow = spend && allowed ? spent + 1 : spent
    if (spentNow !== spent) spentByAccount.set(accountId, spentNow)
    const endMs = (current + 1) * WINDOW_MS
    return {
      allowed,
      limit,
      // A limit can be lowered while a window is under way.
      remaining: Math.max(0, limit - spentNow),
      resetAtSeconds: endMs / 1_000,
      retryAfterSeconds: Math.max(1, Math.ceil((endMs - now) / 1_000)),
    }
  }

  return {
    spend: (account) => allowance(account, true),
    look: (account) => allowance(account, false),
  }
}
