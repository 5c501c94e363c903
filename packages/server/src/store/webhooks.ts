import type { AttemptCause } from '@ringback/contract'
import type { AddressHealth, AddressState } from './address-health.ts'

/** What a webhook is told: the ends of jobs, or what happens to the account's webhooks themselves. */
export type WebhookPurpose = 'jobs' | 'operations'

/** The part of a webhook that people decide, besides its switch and secrets. */
export interface WebhookRules {
  /** Job types it is told of, as a JSON array; null: all. */
  readonly jobTypes: string | null
  /** Final statuses it is told of, as a JSON array; null: both. */
  readonly jobStatuses: string | null
  /** Custom headers, sealed where secret (`webhooks/custom-headers.ts`); null for none. */
  readonly headers: string | null
  /** Delays in milliseconds as a JSON array; null: the server's own plan. */
  readonly retrySchedule: string | null
  readonly rateLimitPerSecond: number | null
}

/** An address of an account that is told about finished jobs. */
export interface WebhookRow extends WebhookRules {
  readonly id: string
  readonly accountId: string
  /** `default` for the form of the announcement, `operational` for what happens to webhooks; unique in its account. */
  readonly name: string
  readonly purpose: WebhookPurpose
  readonly enabled: boolean
  /** Why it was switched off when no person did it; null otherwise. */
  readonly disabledReason: string | null
  readonly url: string | null
  readonly includeResult: boolean
  /** Sealed with the master key; null until one is set. */
  readonly sealedSecret: string | null
  /** The secret before the last rotation, sealed; it signs too until `previousSecretUntil`. */
  readonly sealedPreviousSecret: string | null
  readonly previousSecretUntil: number | null
  readonly createdAt: number
  readonly updatedAt: number
}

/** Fields that are left out stay as they are. */
export interface WebhookChange extends Partial<WebhookRules> {
  readonly name?: string
  readonly enabled?: boolean
  readonly disabledReason?: string | null
  readonly url?: string | null
  readonly includeResult?: boolean
  readonly sealedSecret?: string | null
  readonly sealedPreviousSecret?: string | null
  readonly previousSecretUntil?: number | null
}

export interface NewWebhook extends WebhookRules {
  readonly id: string
  readonly accountId: string
  readonly name: string
  readonly enabled: boolean
  readonly url: string | null
  readonly includeResult: boolean
  readonly sealedSecret: string
  readonly createdAt: number
}

/** How an address is doing. */
export interface AddressRow extends AddressHealth {
  readonly id: string
  readonly accountId: string
  readonly webhookId: string | null
  /** Where the job webhooks of this address go; null for a webhook's address. */
  readonly origin: string | null
  readonly lastSuccessAt: number | null
  readonly lastCause: AttemptCause | null
  /** The state the account was last told of. */
  readonly toldState: AddressState
}

/** An operational event and where it goes. */
export interface OperationalEvent {
  /** The state that is told; nothing is written when the address has another one by now. */
  readonly addressId: string
  readonly state: AddressState
  /** The delivery to the account's `operational` webhook; not written when that is off. */
  readonly deliveryId: string
  readonly type: string
  readonly body: string
  readonly now: number
}

export interface WebhookStore {
  /**
   * Adds a webhook. Gives `limit` when the account has `webhooksMax` already, `name` when the name is taken.
   */
  insertWebhook(webhook: NewWebhook, webhooksMax: number): Promise<'inserted' | 'limit' | 'name'>
  /**
   * Removes a webhook for all but the record: its waiting deliveries are discarded, its deliveries stay readable. Of it
   * only `shownUrl` is kept, which has no password; its secrets and custom headers are forgotten. Gives false when the
   * account has no such webhook.
   */
  deleteWebhook(accountId: string, webhookId: string, shownUrl: string | null, now: number): Promise<boolean>
  findAddress(addressId: string): Promise<AddressRow | null>
  /** How many deliveries of an address wait, at most `limit`, and since when the oldest one exists. */
  countWaiting(addressId: string, limit: number): Promise<{ waiting: number; oldestCreatedAt: number | null }>
  /** Addresses whose account has not been told of their present state. */
  listUntold(limit: number): Promise<AddressRow[]>
  /**
   * Writes that the account was told, and the delivery that tells it, in one transaction. The webhook `operational` is
   * not told about itself: each event would be one more that may fail.
   */
  tellOperationalEvent(event: OperationalEvent): Promise<void>
  /** By id or by name (`default`). */
  findWebhook(accountId: string, idOrName: string): Promise<WebhookRow | null>
  listWebhooks(accountId: string): Promise<WebhookRow[]>
  /**
   * Changes the named fields at once for every process: the next attempt reads them. Switching a webhook off discards
   * its waiting deliveries in the same transaction; switching it on makes its address healthy. Gives null when the account has no such webhook.
   */
  updateWebhook(accountId: string, idOrName: string, change: WebhookChange, now: number): Promise<WebhookRow | null>
}
