import { hash } from 'node:crypto'
import { INBOX_URL } from '@ringback/contract'

/** Before the id of an account: no webhook (a UUID) and no job webhook (a hash) has an address like it. */
const INBOX_ADDRESS_PREFIX = 'inbox:'

/**
 * What the deliveries of a job webhook are isolated by: its account and the origin of its URL. Paths differ from job to
 * job, the receiver that hangs is the same. The id is a hash, so that every process names it alike without asking. The
 * inbox of an account is an address of its own kind.
 */
export function jobWebhookAddress(accountId: string, url: string): { readonly id: string; readonly origin: string } {
  if (url === INBOX_URL) return { id: INBOX_ADDRESS_PREFIX + accountId, origin: INBOX_URL }
  const { origin } = new URL(url)
  return { id: hash('sha256', `${accountId} ${origin}`, 'hex').slice(0, 32), origin }
}

/** Whether deliveries of this address go to the inbox. The address says it, which nobody can choose; no URL does. */
export function isInboxAddress(addressId: string): boolean {
  return addressId.startsWith(INBOX_ADDRESS_PREFIX)
}
