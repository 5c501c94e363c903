import type { Webhook } from '@ringback/contract'

/** The sample of the announcement: a translation that succeeded. */
const SAMPLE = { id: 'bf683177-3a48-47d1-9c4e-0b4de39517fa', status: 'success', type: 'content_translate' }
const SAMPLE_RESULT = { content: 'ciao', from_language: 'English', to_language: 'Italian' }

const SAMPLE_EVENT = {
  type: 'webhook.failing',
  timestamp: '2026-01-31T08:50:11.188Z',
  data: {
    webhook_id: '019c1f0e-7c1b-7b6a-9a55-2f3f0f8f4a11',
    webhook_name: 'default',
    url: 'https://receiver.example/hook',
    reason: null,
    last_cause: 'timeout',
    consecutive_failures: 5,
    failing_since: '2026-01-31T08:49:02.310Z',
    paused_until: '2026-01-31T08:50:41.188Z',
  },
}

/** The body of a request as it would be sent: keys in this order, no spaces. */
export function sampleBody(webhook: Pick<Webhook, 'name'>, includeResult: boolean): string {
  if (webhook.name === 'operational') return JSON.stringify(SAMPLE_EVENT)
  return JSON.stringify(includeResult ? { ...SAMPLE, result: SAMPLE_RESULT } : SAMPLE)
}

/** JSON spread over lines, for reading only. */
export function spread(json: string): string {
  return JSON.stringify(JSON.parse(json), null, 2)
}
