import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import { isoTime, utcMonthOf } from '../../lib/iso-time.ts'
import type { AccountStore } from '../../store/accounts.ts'
import { type JobRunStore, monthOf } from '../../store/job-runs.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'

/**
 * A word quota that nobody reaches: a server of one's own sells no words. The largest integer that PHP and Dart have on
 * 32-bit platforms too.
 */
const WORDS_QUOTA = 2_147_483_647

export const quotaSchema = z.object({
  timestamp: z.string(),
  on_trial: z.boolean(),
  trial_ends: z.string(),
  subscribed: z.boolean(),
  current_subscription_start: z.string(),
  current_subscription_end: z.string(),
  current_subscription_reset: z.string(),
  subscription_words_quota: z.int(),
  subscription_words_used: z.int().describe('Words of the inputs of jobs that ended with success this month.'),
  subscription_words_used_percentage: z.number().describe('A fraction, 0 to 1.'),
  requests_per_minute: z.int().describe('The rate limit of the account.'),
  usage: z
    .object({
      calls: z.int(),
      input_tokens: z.int(),
      output_tokens: z.int(),
      cached_tokens: z.int(),
      reasoning_tokens: z.int(),
      cost_micro_usd: z.int().describe('Millionths of a US dollar, of all runs whose cost is known.'),
      unpriced_runs: z.int().describe('Runs whose cost is not known.'),
    })
    .describe('What the jobs of this month used of models, failed runs included.'),
})

/**
 * `GET /api/v1/quota`: every field that a client reads, with its JSON type (wire facts, section 4). There is no trial
 * and no word quota here: the periods are calendar months in UTC, words are counted, and the share of the quota that they
 * are stays zero, so that no client warns. `usage` is ours; clients ignore it.
 */
export function quota(deps: {
  clock: Clock
  store: Pick<JobRunStore, 'sumMonthUsage'> & Pick<AccountStore, 'findAccount'>
  /** Of accounts that have no limit of their own. */
  requestsPerMinute: number
}): Endpoint {
  return defineEndpoint({
    answers: { 200: quotaSchema },
    async handle(request): Promise<z.output<typeof quotaSchema>> {
      const account = await deps.store.findAccount(accountOf(request))
      const now = deps.clock.now()
      const month = utcMonthOf(now)
      const used = await deps.store.sumMonthUsage(accountOf(request), monthOf(now))
      return {
        timestamp: isoTime(now),
        on_trial: false,
        trial_ends: isoTime(month.startMs),
        subscribed: true,
        current_subscription_start: isoTime(month.startMs),
        current_subscription_end: isoTime(month.endMs),
        current_subscription_reset: isoTime(month.endMs),
        subscription_words_quota: WORDS_QUOTA,
        subscription_words_used: Math.min(used.words, WORDS_QUOTA),
        subscription_words_used_percentage: 0,
        requests_per_minute: account?.requestsPerMinute ?? deps.requestsPerMinute,
        usage: {
          calls: used.calls,
          input_tokens: used.inputTokens,
          output_tokens: used.outputTokens,
          cached_tokens: used.cachedTokens,
          reasoning_tokens: used.reasoningTokens,
          cost_micro_usd: used.costMicroUsd,
          unpriced_runs: used.unpricedRuns,
        },
      }
    },
  })
}
