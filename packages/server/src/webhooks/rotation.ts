import { ROTATION_GRACE_MS_DEFAULT, ROTATION_GRACE_MS_MAX } from '@ringback/contract'
import { formatDuration, parseDurationMs } from '../lib/duration.ts'
import type { FieldProblem } from '../lib/errors.ts'
import type { WebhookChange, WebhookRow } from '../store/webhooks.ts'
import type { Vault } from './secret-vault.ts'
import { generateSigningKey, readSigners, type Signers, writeSigners } from './signers.ts'
import { secretContext } from './signing-secrets.ts'

/** How long a replaced secret goes on signing `webhook-signature` when nobody says otherwise (design 3.1). */
export const ROTATION_GRACE_MS = ROTATION_GRACE_MS_DEFAULT

/** What a rotation reads of a webhook. */
type Secrets = Pick<WebhookRow, 'accountId' | 'sealedSecret' | 'previousSecretUntil'>

/** Reads how long the old secret is to go on signing; {@link ROTATION_GRACE_MS} when nothing is said. */
export function readGrace(
  text: string | undefined,
): { readonly graceMs: number } | { readonly problems: readonly FieldProblem[] } {
  if (text === undefined) return { graceMs: ROTATION_GRACE_MS }
  try {
    const graceMs = parseDurationMs(text)
    if (graceMs <= ROTATION_GRACE_MS_MAX) return { graceMs }
  } catch {
    // Said below, with the range.
  }
  const message = `must be a duration from 0s to ${formatDuration(ROTATION_GRACE_MS_MAX)}, such as 24h`
  return { problems: [{ field: 'grace', message }] }
}

/** What signs now; null when there is nothing, or it cannot be read and can only be replaced. */
export function presentSigners(vault: Pick<Vault, 'open'>, webhook: Secrets): Signers | null {
  try {
    return webhook.sealedSecret === null ? null : readSigners(vault.open(webhook.sealedSecret, secretContext(webhook)))
  } catch {
    return null
  }
}

/**
 * The change that makes these the present signers. Those before sign too for `graceMs`; those before them end at once,
 * because a webhook has one previous pair.
 */
export function replaceSigners(
  vault: Pick<Vault, 'seal'>,
  webhook: Secrets,
  { signers, graceMs, now }: { readonly signers: Signers; readonly graceMs: number; readonly now: number },
): WebhookChange {
  const sealedSecret = vault.seal(writeSigners(signers), secretContext(webhook))
  if (webhook.sealedSecret === null || graceMs === 0) {
    return { sealedSecret, sealedPreviousSecret: null, previousSecretUntil: null }
  }
  return { sealedSecret, sealedPreviousSecret: webhook.sealedSecret, previousSecretUntil: now + graceMs }
}

/**
 * The change for settings that a person saved: another secret is a rotation with {@link ROTATION_GRACE_MS}; a key is added
 * beside the secret or taken away, at once. Nothing when all stays as it was.
 */
export function changeSigners(
  vault: Pick<Vault, 'open' | 'seal'>,
  webhook: Secrets,
  wanted: { readonly secret: string | null; readonly asymmetric: boolean | undefined; readonly now: number },
): WebhookChange {
  const present = presentSigners(vault, webhook)
  const secret = wanted.secret ?? present?.secret
  if (secret === undefined) return {}
  const key = present?.signingKey ?? null
  const signers = { secret, signingKey: (wanted.asymmetric ?? key !== null) ? (key ?? generateSigningKey()) : null }
  if (secret !== present?.secret) {
    return replaceSigners(vault, webhook, { signers, graceMs: ROTATION_GRACE_MS, now: wanted.now })
  }
  return signers.signingKey === key ? {} : { sealedSecret: vault.seal(writeSigners(signers), secretContext(webhook)) }
}

/** Until when the previous secret signs too; null when only the present one does. */
export function previousSecretEnd({ previousSecretUntil }: Secrets, now: number): number | null {
  return previousSecretUntil !== null && previousSecretUntil > now ? previousSecretUntil : null
}
