import type { LeasedDelivery } from '../store/deliveries.ts'
import type { WebhookRow } from '../store/webhooks.ts'
import { isInboxAddress } from './job-webhook-address.ts'
import type { Vault } from './secret-vault.ts'
import { standardSecret } from './secrets.ts'
import { publicKeyOf, readSigners, type Signers } from './signers.ts'

/** The secrets that sign an attempt. */
export interface SigningSecrets {
  readonly secret: string
  /** The one before the last rotation, while it is still valid. */
  readonly previousSecret: string | null
  /** The keys of an asymmetric signature, the present one first; left out when the webhook has none. */
  readonly signingKeys?: readonly string[]
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
 * Opens what signs at `now` (Unix milliseconds); null when no secret was ever set. What signed before and cannot be read
 * is left out: the present one decides whether the attempt can be made.
 * @throws SecretUnreadableError when the present secret cannot be read
 */
export function openSigningSecrets(vault: Pick<Vault, 'open'>, row: SealedSecrets, now: number): SigningSecrets | null {
  const signers = openSigners(vault, row, now)
  if (signers === null) return null
  const { present, previous } = signers
  // A webhook whose key was taken away signs with no key any more, whatever it had before.
  const keys = present.signingKey === null ? [] : [present.signingKey, previous?.signingKey ?? present.signingKey]
  return {
    secret: present.secret,
    // A rotation of the key alone leaves the secret as it is.
    previousSecret: previous === null || previous.secret === present.secret ? null : previous.secret,
    ...(keys.length > 0 && { signingKeys: [...new Set(keys)] }),
  }
}

/** What anybody who sees a webhook may know of what signs. */
export interface VisibleSigners {
  /** Whether the secret before the last rotation still signs. */
  readonly hasPreviousSecret: boolean
  /** The public half of the key, as `whpk_…`; null when there is none. */
  readonly publicKey: string | null
  /** Of the key before the last rotation, while it still signs. */
  readonly previousPublicKey: string | null
}

/** What signs at `now`, without its secrets. A webhook whose signers cannot be read shows none: it signs nothing either. */
export function visibleSigners(vault: Pick<Vault, 'open'>, row: SealedSecrets, now: number): VisibleSigners {
  try {
    const signing = openSigningSecrets(vault, row, now)
    const [publicKey = null, previousPublicKey = null] = signing?.signingKeys?.map(publicKeyOf) ?? []
    return { hasPreviousSecret: (signing?.previousSecret ?? null) !== null, publicKey, previousPublicKey }
  } catch {
    return { hasPreviousSecret: false, publicKey: null, previousPublicKey: null }
  }
}

/**
 * Opens the present signers of a webhook and those before the last rotation, while they are valid; null when it has none.
 * @throws SecretUnreadableError when the present ones cannot be read
 */
function openSigners(
  vault: Pick<Vault, 'open'>,
  row: SealedSecrets,
  now: number,
): { readonly present: Signers; readonly previous: Signers | null } | null {
  if (row.sealedSecret === null) return null
  const present = readSigners(vault.open(row.sealedSecret, secretContext(row)))
  const previousIsValid = row.sealedPreviousSecret !== null && now < (row.previousSecretUntil ?? 0)
  return { present, previous: previousIsValid ? previousOrNull(vault, row) : null }
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

function previousOrNull(vault: Pick<Vault, 'open'>, row: SealedSecrets): Signers | null {
  try {
    return row.sealedPreviousSecret === null
      ? null
      : readSigners(vault.open(row.sealedPreviousSecret, secretContext(row)))
  } catch {
    return null
  }
}
