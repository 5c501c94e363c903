import { ROTATION_GRACE_MS_DEFAULT, ROTATION_GRACE_MS_MAX } from '@ringback/contract'
import { formatDuration, parseDurationMs } from '../lib/duration.ts'
import type { FieldProblem } from '../lib/errors.ts'
import type { WebhookChange, WebhookRow } from '../store/webhooks.ts'
import type { Vault } from './secret-vault.ts'
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

/** Whether this is the secret that signs now. One that cannot be read can only be replaced. */
export function isPresentSecret(vault: Pick<Vault, 'open'>, webhook: Secrets, secret: string): boolean {
  try {
    return webhook.sealedSecret !== null && vault.open(webhook.sealedSecret, secretContext(webhook)) === secret
  } catch {
    return false
  }
}

/**
 * The change that makes a secret the present one. The one before signs too for `graceMs`; the one before that ends at
 * once, because a webhook has one previous secret.
 */
export function replaceSecret(
  vault: Pick<Vault, 'seal'>,
  webhook: Secrets,
  { secret, graceMs, now }: { readonly secret: string; readonly graceMs: number; readonly now: number },
): WebhookChange {
  const sealedSecret = vault.seal(secret, secretContext(webhook))
  if (webhook.sealedSecret === null || graceMs === 0) {
    return { sealedSecret, sealedPreviousSecret: null, previousSecretUntil: null }
  }
  return { sealedSecret, sealedPreviousSecret: webhook.sealedSecret, previousSecretUntil: now + graceMs }
}

/** Until when the previous secret signs too; null when only the present one does. */
export function previousSecretEnd({ previousSecretUntil }: Secrets, now: number): number | null {
  return previousSecretUntil !== null && previousSecretUntil > now ? previousSecretUntil : null
}
