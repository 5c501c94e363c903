import type { Clock } from '../lib/clock.ts'
import { AppError, type FieldProblem } from '../lib/errors.ts'
import type { Store } from '../store/store.ts'
import type { WebhookChange, WebhookRow } from '../store/webhooks.ts'
import { buildSampleBodies } from './sample.ts'
import type { Vault } from './secret-vault.ts'
import { generateSecret, parseSecret } from './secrets.ts'
import { secretContext } from './signing-secrets.ts'
import { displayUrl, type UrlGuard } from './url-guard.ts'

/** How long a replaced secret goes on signing `webhook-signature`, so that receivers can change over (design 3.1). */
export const ROTATION_GRACE_MS = 24 * 60 * 60 * 1_000

/** What a person wants changed; fields that are left out stay as they are. */
export interface SettingsChange {
  readonly enabled?: boolean | undefined
  /** Null removes it, which only a webhook that is switched off allows. */
  readonly url?: string | null | undefined
  readonly secret?: string | undefined
  readonly includeResult?: boolean | undefined
}

export interface ChangedSettings {
  readonly webhook: WebhookRow
  /** A secret that was made because none had been set: the only time it can be shown. */
  readonly generatedSecret: string | null
}

export interface WebhookSettings {
  /**
   * A webhook by id or name (`default`).
   * @throws AppError `webhook.not_found`
   */
  get(accountId: string, id: string): Promise<WebhookRow>
  /**
   * Checks and saves a change; the next attempt sees it. Switching on without a secret makes one. A replaced secret goes
   * on signing for {@link ROTATION_GRACE_MS}; the one before it ends at once. Giving the URL as it is displayed, with
   * its password hidden, keeps the one that is set.
   * @throws AppError `webhook.not_found`, `webhook.url_missing` (it would be on without a URL),
   *   `webhook.url_not_allowed`, or `request.invalid` when the secret is not valid, with all fields that are wrong
   */
  change(accountId: string, id: string, change: SettingsChange): Promise<ChangedSettings>
  /**
   * Sends a sample of a finished job by the way of all deliveries, whether the webhook is on or off.
   * @throws AppError `webhook.not_found`, `webhook.url_missing`, `webhook.secret_missing`, `webhook.url_not_allowed`
   */
  sendTest(accountId: string, id: string): Promise<{ readonly deliveryId: string }>
}

export interface WebhookSettingsOptions {
  readonly store: Pick<Store, 'findWebhook' | 'updateWebhook' | 'insertTestDelivery'>
  readonly guard: Pick<UrlGuard, 'checkUrl'>
  readonly vault: Pick<Vault, 'seal' | 'open'>
  readonly clock: Clock
  readonly newId: () => string
}

/** What people do with a webhook's settings. */
export function createWebhookSettings(options: WebhookSettingsOptions): WebhookSettings {
  const { store, guard, vault, clock, newId } = options

  async function get(accountId: string, id: string): Promise<WebhookRow> {
    return found(await store.findWebhook(accountId, id))
  }

  /** The URL to store, or what is wrong with it; undefined leaves it as it is. */
  async function readUrl(webhook: WebhookRow, url: string | null | undefined) {
    if (typeof url !== 'string') return { url, error: null }
    const meant = webhook.url !== null && url === displayUrl(webhook.url) ? webhook.url : url
    try {
      return { url: await guard.checkUrl(meant, 'url'), error: null }
    } catch (error) {
      if (error instanceof AppError) return { url: undefined, error }
      throw error
    }
  }

  /** Seals the new secret and keeps the old one for the grace time; nothing when it is the same one. */
  function replaceSecret(webhook: WebhookRow, secret: string): WebhookChange {
    if (webhook.sealedSecret !== null && isSame(webhook, secret)) return {}
    const sealedSecret = vault.seal(secret, secretContext(webhook))
    if (webhook.sealedSecret === null) return { sealedSecret }
    const previousSecretUntil = clock.now() + ROTATION_GRACE_MS
    return { sealedSecret, sealedPreviousSecret: webhook.sealedSecret, previousSecretUntil }
  }

  function isSame(webhook: WebhookRow, secret: string): boolean {
    try {
      return webhook.sealedSecret !== null && vault.open(webhook.sealedSecret, secretContext(webhook)) === secret
    } catch {
      // Unreadable, so it can only be replaced.
      return false
    }
  }

  return {
    get,

    async change(accountId, id, change) {
      const webhook = await get(accountId, id)
      const secretProblems = problemsOfSecret(change.secret)
      const { url, error: urlError } = await readUrl(webhook, change.url)
      if (secretProblems.length > 0) {
        const fields = [...secretProblems, ...(urlError?.fields ?? [])]
        const detail = fields.map(({ field, message }) => `The ${field} ${message}.`).join(' ')
        throw new AppError('request.invalid', { detail, fields })
      }
      if (urlError) throw urlError

      const enabled = change.enabled ?? webhook.enabled
      if (enabled && (url === undefined ? webhook.url : url) === null) throw urlMissing('switched on')
      const generatedSecret =
        enabled && webhook.sealedSecret === null && change.secret === undefined ? generateSecret() : null
      const secret = change.secret ?? generatedSecret
      const row = await store.updateWebhook(
        accountId,
        id,
        {
          // Whatever a program had switched off, a person has decided now.
          ...(change.enabled === undefined ? {} : { enabled: change.enabled, disabledReason: null }),
          ...(url === undefined ? {} : { url }),
          ...(change.includeResult === undefined ? {} : { includeResult: change.includeResult }),
          ...(secret === null ? {} : replaceSecret(webhook, secret)),
        },
        clock.now(),
      )
      return { webhook: found(row), generatedSecret }
    },

    async sendTest(accountId, id) {
      const webhook = await get(accountId, id)
      if (webhook.url === null) throw urlMissing('tested')
      if (webhook.sealedSecret === null) {
        const message = 'is not set; without it nothing can be signed'
        throw new AppError('webhook.secret_missing', {
          detail: `The secret ${message}.`,
          fields: [{ field: 'secret', message }],
        })
      }
      await guard.checkUrl(webhook.url, 'url')
      const deliveryId = newId()
      const { type, status, body, bodyWithResult } = buildSampleBodies(newId())
      await store.insertTestDelivery({
        id: deliveryId,
        accountId,
        webhookId: webhook.id,
        jobType: type,
        jobStatus: status,
        body: webhook.includeResult ? bodyWithResult : body,
        createdAt: clock.now(),
      })
      return { deliveryId }
    },
  }
}

function found(webhook: WebhookRow | null): WebhookRow {
  if (webhook === null) throw new AppError('webhook.not_found')
  return webhook
}

function problemsOfSecret(secret: string | undefined): readonly FieldProblem[] {
  const parsed = secret === undefined ? null : parseSecret(secret)
  return parsed !== null && 'problems' in parsed ? parsed.problems : []
}

function urlMissing(what: 'switched on' | 'tested'): AppError {
  const message = `is not set; a webhook without one cannot be ${what}`
  return new AppError('webhook.url_missing', { detail: `The url ${message}.`, fields: [{ field: 'url', message }] })
}
