import { hash } from 'node:crypto'

/**
 * What the deliveries of a job webhook are isolated by: its account and the origin of its URL. Paths differ from job to
 * job, the receiver that hangs is the same. The id is a hash, so that every process names it alike without asking.
 */
export function jobWebhookAddress(accountId: string, url: string): { readonly id: string; readonly origin: string } {
  const { origin } = new URL(url)
  return { id: hash('sha256', `${accountId} ${origin}`, 'hex').slice(0, 32), origin }
}
