/** An address of an account that is told about finished jobs. */
export interface WebhookRow {
  readonly id: string
  readonly accountId: string
  /** `default` for the form of the announcement; unique in its account. */
  readonly name: string
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
export interface WebhookChange {
  readonly enabled?: boolean
  readonly disabledReason?: string | null
  readonly url?: string | null
  readonly includeResult?: boolean
  readonly sealedSecret?: string | null
  readonly sealedPreviousSecret?: string | null
  readonly previousSecretUntil?: number | null
}

export interface WebhookStore {
  /** By id or by name (`default`). */
  findWebhook(accountId: string, idOrName: string): Promise<WebhookRow | null>
  listWebhooks(accountId: string): Promise<WebhookRow[]>
  /**
   * Changes the named fields at once for every process: the next attempt reads them. Switching a webhook off discards
   * its waiting deliveries in the same transaction. Gives null when the account has no such webhook.
   */
  updateWebhook(accountId: string, idOrName: string, change: WebhookChange, now: number): Promise<WebhookRow | null>
}
