import type { FinalJobStatus } from '@ringback/contract'
import type { WebhookRow } from '../store/webhooks.ts'

/** Whether a webhook is to be told of jobs of a type that end so. */
export function filtersPass(
  webhook: Pick<WebhookRow, 'jobTypes' | 'jobStatuses'>,
  type: string,
  status: FinalJobStatus,
): boolean {
  return passes(webhook.jobTypes, type) && passes(webhook.jobStatuses, status)
}

/** Whether a filter, which is a JSON array of words, lets one through; null lets all. */
export function passes(filter: string | null, word: string): boolean {
  return filter === null || (JSON.parse(filter) as string[]).includes(word)
}
