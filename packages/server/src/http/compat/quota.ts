import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import { isoTime, utcMonthOf } from '../../lib/iso-time.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'

/**
 * A word quota that nobody reaches: a server of one's own sells no words. The largest integer that PHP and Dart have on
 * 32-bit platforms too.
 */
const WORDS_QUOTA = 2_147_483_647

const quotaSchema = z.object({
  timestamp: z.string(),
  on_trial: z.boolean(),
  trial_ends: z.string(),
  subscribed: z.boolean(),
  current_subscription_start: z.string(),
  current_subscription_end: z.string(),
  current_subscription_reset: z.string(),
  subscription_words_quota: z.int(),
  subscription_words_used: z.int(),
  subscription_words_used_percentage: z.number().describe('A fraction, 0 to 1.'),
  requests_per_minute: z.int().describe('The rate limit of the account.'),
})

/**
 * `GET /api/v1/quota`: every field that a client reads, with its JSON type (wire facts, section 4). There is no trial
 * and no word quota here, so the periods are calendar months and no word is ever counted: no client warns.
 */
export function quota(deps: { clock: Clock; requestsPerMinute: number }): Endpoint {
  return defineEndpoint({
    answers: { 200: quotaSchema },
    handle(): z.output<typeof quotaSchema> {
      const now = deps.clock.now()
      const month = utcMonthOf(now)
      return {
        timestamp: isoTime(now),
        on_trial: false,
        trial_ends: isoTime(month.startMs),
        subscribed: true,
        current_subscription_start: isoTime(month.startMs),
        current_subscription_end: isoTime(month.endMs),
        current_subscription_reset: isoTime(month.endMs),
        subscription_words_quota: WORDS_QUOTA,
        subscription_words_used: 0,
        subscription_words_used_percentage: 0,
        requests_per_minute: deps.requestsPerMinute,
      }
    },
  })
}
