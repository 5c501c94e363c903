import { AppError } from '../lib/errors.ts'
import type { WebhookChange, WebhookRow } from '../store/webhooks.ts'
import { createWebhook, nameTaken } from './create-webhook.ts'
import { planKeyRotation, planRotation, type WantedRotation } from './rotate-secret.ts'
import { changeSigners } from './rotation.ts'
import { generateSecret } from './secrets.ts'
import { sendTest } from './send-test.ts'
import { displayUrl } from './target-url.ts'
import { checkSettings, type SettingsChange, type WebhookSettingsOptions } from './wanted-settings.ts'

export interface ChangedSettings {
  readonly webhook: WebhookRow
  /** A secret that was made because none was given: the only time it can be shown. */
  readonly generatedSecret: string | null
}

/** What people do with webhooks. Everything that takes an id takes a name too, and throws `webhook.not_found`. */
export interface WebhookSettings {
  /** A webhook by id or name (`default`). */
  get(accountId: string, id: string): Promise<WebhookRow>
  /**
   * Adds a webhook that is told of jobs; see {@link createWebhook} for what it gets when it is not given.
   * @throws AppError `webhook.limit_reached`, `webhook.name_taken`, and what {@link change} throws
   */
  create(accountId: string, wanted: SettingsChange): Promise<ChangedSettings>
  /**
   * Checks and saves a change; the next attempt sees it. Switching on without a secret makes one. A replaced secret goes
   * on signing for `ROTATION_GRACE_MS`; the one before it ends at once. Giving the URL as it is displayed, with
   * its password hidden, keeps the one that is set.
   * @throws AppError `webhook.url_missing` (it would be on without a URL), `webhook.url_not_allowed`,
   *   `webhook.name_taken`, or `request.invalid` with all fields that are wrong
   */
  change(accountId: string, id: string, change: SettingsChange): Promise<ChangedSettings>
  /**
   * Replaces the secret, with a grace time of the caller's choice.
   * @throws AppError `webhook.rotation_running`, `request.invalid`
   */
  rotateSecret(accountId: string, id: string, wanted: WantedRotation): Promise<ChangedSettings>
  /**
   * Replaces the key of the asymmetric signature, with a grace time of the caller's choice.
   * @throws AppError `webhook.key_missing`, `webhook.rotation_running`, `request.invalid`
   */
  rotateKey(accountId: string, id: string, wanted: Pick<WantedRotation, 'grace'>): Promise<ChangedSettings>
  /**
   * Removes a webhook with its secrets. What waits for it is discarded; its deliveries stay readable.
   * @throws AppError `webhook.not_removable` for `default` and `operational`
   */
  remove(accountId: string, id: string): Promise<void>
  /**
   * Sends a sample of what the webhook is told, by the way of all deliveries, whether it is on or off.
   * @throws AppError `webhook.url_missing`, `webhook.secret_missing`, `webhook.url_not_allowed`
   */
  sendTest(accountId: string, id: string): Promise<{ readonly deliveryId: string }>
}

/** What people do with the webhooks of an account. */
export function createWebhookSettings(options: WebhookSettingsOptions): WebhookSettings {
  const { store, vault, clock } = options

  async function get(accountId: string, id: string): Promise<WebhookRow> {
    return found(await store.findWebhook(accountId, id))
  }

  async function save({ accountId, id }: WebhookRow, change: WebhookChange): Promise<WebhookRow> {
    try {
      return found(await store.updateWebhook(accountId, id, change, clock.now()))
    } catch (error) {
      // Names are unique in the database; who got it first is known now.
      if (change.name !== undefined && (await isTaken(accountId, id, change.name))) throw nameTaken(change.name)
      throw error
    }
  }

  async function isTaken(accountId: string, id: string, name: string): Promise<boolean> {
    const other = await store.findWebhook(accountId, name)
    return other !== null && other.id !== id
  }

  return {
    get,

    async create(accountId, wanted) {
      const { id, generatedSecret } = await createWebhook(options, accountId, wanted)
      return { webhook: await get(accountId, id), generatedSecret }
    },

    async change(accountId, id, wanted) {
      const webhook = await get(accountId, id)
      const checked = await checkSettings(webhook, wanted, options)
      if (wanted.name !== undefined && (await isTaken(accountId, webhook.id, wanted.name))) throw nameTaken(wanted.name)
      const signs = (wanted.enabled ?? webhook.enabled) || wanted.asymmetricSignature === true
      const needsSecret = signs && webhook.sealedSecret === null
      const generatedSecret = needsSecret && wanted.secret === undefined ? generateSecret() : null
      const secret = wanted.secret ?? generatedSecret
      const asymmetric = wanted.asymmetricSignature
      const secretChange = changeSigners(vault, webhook, { secret, asymmetric, now: clock.now() })
      return { webhook: await save(webhook, { ...checked, ...secretChange }), generatedSecret }
    },

    async rotateSecret(accountId, id, wanted) {
      const webhook = await get(accountId, id)
      const { change, generatedSecret } = planRotation(options, webhook, wanted)
      return { webhook: await save(webhook, change), generatedSecret }
    },

    async rotateKey(accountId, id, wanted) {
      const webhook = await get(accountId, id)
      return { webhook: await save(webhook, planKeyRotation(options, webhook, wanted)), generatedSecret: null }
    },

    async remove(accountId, id) {
      const webhook = await get(accountId, id)
      if (webhook.name === 'default' || webhook.purpose === 'operations') throw notRemovable(webhook)
      const shownUrl = webhook.url && displayUrl(webhook.url)
      const deleted = await store.deleteWebhook(accountId, webhook.id, shownUrl, clock.now())
      if (!deleted) throw notFound()
    },

    async sendTest(accountId, id) {
      return { deliveryId: await sendTest(options, await get(accountId, id)) }
    },
  }
}

function notFound(): AppError {
  return new AppError('webhook.not_found', { detail: 'The account has no webhook with this id or name.' })
}

function found(webhook: WebhookRow | null): WebhookRow {
  if (webhook === null) throw notFound()
  return webhook
}

function notRemovable({ name, purpose }: WebhookRow): AppError {
  const use = purpose === 'operations' ? 'is told what happens to the others' : 'signs job webhooks'
  return new AppError('webhook.not_removable', {
    detail: `Every account has the webhook "${name}", which ${use}. Switch it off instead: PATCH {"enabled": false}.`,
  })
}
