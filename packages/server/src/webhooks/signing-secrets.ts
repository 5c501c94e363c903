import type { LeasedDelivery } from '../store/deliveries.ts'
import type { WebhookRow } from '../store/webhooks.ts'
import { isInboxAddress } from './job-webhook-address.ts'
import type { Vault } from './secret-vault.ts'
import { standardSecret } from './secrets.ts'

/** The secrets that sign an attempt. */
export interface SigningSecrets {
  readonly secret: string
  /** The one before the last rotation, while it is still valid. */
  readonly previousSecret: string | null
}

/** What a webhook row and a leased delivery both have. */
type SealedSecrets = Pick<WebhookRow, 'accountId' | 'sealedSecret' | 'sealedPreviousSecret' | 'previousSecretUntil'>

/**
 * What a secret is bound to when it is sealed: its account. Not its webhook, because a job webhook is signed with the
 * secret of `default` and its delivery knows the account only.
 */
export function secretContext(row: Pick<WebhookRow, 'accountId'>): string {
  return row.accountId
}

/**
 * Opens the secrets that are valid at `now` (Unix milliseconds); null when none was ever set. A previous secret that
 * cannot be read is left out: the present one decides whether the attempt can be made.
 * @throws SecretUnreadableError when the present secret cannot be read
 */
export function openSigningSecrets(vault: Pick<Vault, 'open'>, row: SealedSecrets, now: number): SigningSecrets | null {
  if (row.sealedSecret === null) return null
  const secret = vault.open(row.sealedSecret, secretContext(row))
  const previousIsValid = row.sealedPreviousSecret !== null && now < (row.previousSecretUntil ?? 0)
  return { secret, previousSecret: previousIsValid ? openOrNull(vault, row) : null }
}

/**
 * The secrets that sign an attempt of a delivery: those of its webhook; for a job webhook, of `default`. The inbox works
 * also before anybody has set one: then it has a secret of its own. Null when none was ever set.
 * @throws SecretUnreadableError when the present secret cannot be read
 */
export function secretsOfDelivery(
  vault: Pick<Vault, 'open' | 'derive'>,
  delivery: LeasedDelivery,
  now: number,
): SigningSecrets | null {
  const secrets = openSigningSecrets(vault, delivery, now)
  if (secrets !== null || !isInboxAddress(delivery.addressId)) return secrets
  return { secret: standardSecret(vault.derive(delivery.addressId)), previousSecret: null }
}

function openOrNull(vault: Pick<Vault, 'open'>, row: SealedSecrets): string | null {
  try {
    return row.sealedPreviousSecret === null ? null : vault.open(row.sealedPreviousSecret, secretContext(row))
  } catch {
    return null
  }
}
