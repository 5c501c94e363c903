import { WEBHOOKS_MAX } from '@ringback/contract'
import { AppError } from '../lib/errors.ts'
import type { NewWebhook } from '../store/webhooks.ts'
import { generateSecret } from './secrets.ts'
import { generateSigningKey, writeSigners } from './signers.ts'
import { secretContext } from './signing-secrets.ts'
import {
  checkSettings,
  type PresentSettings,
  type SettingsChange,
  type WebhookSettingsOptions,
} from './wanted-settings.ts'
import { generateName } from './webhook-name.ts'

/** A webhook with a generated name is tried under as many as an account can have, and the two that always exist. */
const NAMES_MAX = WEBHOOKS_MAX + 2

/**
 * Adds a webhook, on unless said otherwise. Without a name it is called after the host of its URL; without a secret it
 * gets one.
 * @returns its id, and the secret that was made, which can only be shown now
 * @throws AppError `webhook.limit_reached`, `webhook.name_taken`, and what `checkSettings` throws
 */
export async function createWebhook(
  options: WebhookSettingsOptions,
  accountId: string,
  wanted: SettingsChange,
): Promise<{ readonly id: string; readonly generatedSecret: string | null }> {
  const { store, vault, clock, newId } = options
  const enabled = wanted.enabled ?? true
  const checked = await checkSettings(nothingYet(accountId), { ...wanted, enabled }, options)
  const generatedSecret = wanted.secret === undefined ? generateSecret() : null
  const { name, url = null } = checked
  const signingKey = wanted.asymmetricSignature === true ? generateSigningKey() : null
  const signers = { secret: wanted.secret ?? (generatedSecret as string), signingKey }
  const id = newId()
  const webhook: Omit<NewWebhook, 'name'> = {
    id,
    accountId,
    enabled,
    url,
    includeResult: checked.includeResult ?? false,
    sealedSecret: vault.seal(writeSigners(signers), secretContext({ accountId })),
    jobTypes: checked.jobTypes ?? null,
    jobStatuses: checked.jobStatuses ?? null,
    headers: checked.headers ?? null,
    retrySchedule: checked.retrySchedule ?? null,
    rateLimitPerSecond: checked.rateLimitPerSecond ?? null,
    createdAt: clock.now(),
  }
  for (let number = 1; number <= NAMES_MAX; number++) {
    const outcome = await store.insertWebhook({ ...webhook, name: name ?? generateName(url, number) }, WEBHOOKS_MAX)
    if (outcome === 'inserted') return { id, generatedSecret }
    if (outcome === 'limit') throw limitReached()
    if (name !== undefined) throw nameTaken(name)
  }
  throw nameTaken(generateName(url, 1))
}

function nothingYet(accountId: string): PresentSettings {
  return { accountId, name: '', purpose: 'jobs', enabled: false, url: null, includeResult: false, headers: null }
}

function limitReached(): AppError {
  return new AppError('webhook.limit_reached', {
    detail: `The account has ${WEBHOOKS_MAX} webhooks, "default" among them, and may not have more. Remove one first.`,
  })
}

/** A name that another webhook of the account has. */
export function nameTaken(name: string): AppError {
  const message = `"${name}" is the name of another webhook of this account`
  return new AppError('webhook.name_taken', { detail: `The name ${message}.`, fields: [{ field: 'name', message }] })
}
