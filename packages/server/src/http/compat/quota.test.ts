import { expect, test } from 'vitest'
import { openTestHttp } from '../test-http.ts'

test('the quota has every field that a client reads, with its JSON type, and gives no reason to warn', async () => {
  await using http = await openTestHttp()
  const answer = await http.call('GET', '/api/v1/quota')
  expect(answer.status).toBe(200)
  expect(answer.json).toEqual({
    timestamp: '2026-01-31T08:50:11.188Z',
    on_trial: false,
    trial_ends: '2026-01-01T00:00:00.000Z',
    subscribed: true,
    current_subscription_start: '2026-01-01T00:00:00.000Z',
    current_subscription_end: '2026-02-01T00:00:00.000Z',
    current_subscription_reset: '2026-02-01T00:00:00.000Z',
    subscription_words_quota: 2_147_483_647,
    subscription_words_used: 0,
    subscription_words_used_percentage: 0,
    requests_per_minute: 1_000,
    usage: {
      calls: 0,
      input_tokens: 0,
      output_tokens: 0,
      cached_tokens: 0,
      reasoning_tokens: 0,
      cost_micro_usd: 0,
      unpriced_runs: 0,
    },
  })
  expect(Object.keys(answer.headers).filter((name) => name.startsWith('x-ratelimit'))).toEqual([])
})
