import { LISTENER_KEPT_MS, LISTENERS_MAX } from '@ringback/contract'
import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import type { ListenerRow, ListenerStore } from '../store/listeners.ts'
import type { WebhookRow, WebhookStore } from '../store/webhooks.ts'
import type { Vault } from '../webhooks/secret-vault.ts'
import { generateSecret } from '../webhooks/secrets.ts'
import { secretContext } from '../webhooks/signing-secrets.ts'
import { displayUrl, readTargetUrl } from '../webhooks/target-url.ts'

export interface WantedListener {
  readonly url: string
  readonly name: string
  /** Id or name of the webhook that it stands for; undefined: the whole account. */
  readonly webhook: string | undefined
  readonly jobTypes: readonly string[] | undefined
}

export interface OpenedListener {
  readonly listener: ListenerRow
  /** Whose secret signs. */
  readonly webhookName: string
  /** Its own secret, when it got one: the only time it can be shown. */
  readonly secret: string | null
}

interface OpenDeps {
  readonly store: Pick<ListenerStore, 'insertListener'> & Pick<WebhookStore, 'findWebhook'>
  readonly vault: Pick<Vault, 'seal'>
  readonly clock: Clock
  readonly newId: () => string
}

/**
 * Adds a listener. It must be heard of within {@link LISTENER_KEPT_MS}.
 * @throws AppError `request.invalid`, `webhook.not_found`, `listener.limit_reached`
 */
export async function openListener(
  { store, vault, clock, newId }: OpenDeps,
  accountId: string,
  wanted: WantedListener,
): Promise<OpenedListener> {
  const url = checkForwardUrl(wanted.url)
  const webhook = await findSigner(store, accountId, wanted.webhook)
  // Never unsigned: a receiver that is tried out must verify, so an account without a secret gets one for this time.
  const secret = webhook.sealedSecret === null ? generateSecret() : null
  const createdAt = clock.now()
  const listener: ListenerRow = {
    id: newId(),
    accountId,
    name: wanted.name,
    url,
    webhookId: wanted.webhook === undefined ? null : webhook.id,
    jobTypes: wanted.jobTypes === undefined ? null : JSON.stringify([...new Set(wanted.jobTypes)]),
    sealedSecret: secret === null ? null : vault.seal(secret, secretContext(webhook)),
    createdAt,
    expiresAt: createdAt + LISTENER_KEPT_MS,
  }
  if (await store.insertListener(listener, LISTENERS_MAX)) return { listener, webhookName: webhook.name, secret }
  throw new AppError('listener.limit_reached', {
    detail:
      `${LISTENERS_MAX} listeners are there already, and an account may not have more. Stop one, or remove one that ` +
      'is left over: GET /api/v1/listeners lists them. Those that nobody reads go by themselves after three minutes.',
  })
}

/** The URL as it stands in the record. Nothing here connects to it, so any address will do. */
function checkForwardUrl(text: string): string {
  const { target, problems } = readTargetUrl(text, { allowHttpTargets: true })
  if (target !== null && problems.length === 0) return displayUrl(target.href)
  const [first = 'is not a URL'] = problems
  const message = first.replace('https://, not', 'http:// or https://, not')
  throw new AppError('request.invalid', { detail: `url: ${message}`, fields: [{ field: 'url', message }] })
}

async function findSigner(
  store: Pick<WebhookStore, 'findWebhook'>,
  accountId: string,
  wanted: string | undefined,
): Promise<WebhookRow> {
  const webhook = await store.findWebhook(accountId, wanted ?? 'default')
  if (webhook === null) {
    throw new AppError('webhook.not_found', { detail: `The account has no webhook "${wanted}" by id or name.` })
  }
  if (webhook.purpose === 'jobs') return webhook
  const message = `"${webhook.name}" is told what happens to webhooks and not of jobs; nothing of it can be listened to`
  throw new AppError('request.invalid', { detail: `webhook: ${message}`, fields: [{ field: 'webhook', message }] })
}
