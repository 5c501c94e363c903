import type { HeaderList, LeasedDelivery } from '../store/deliveries.ts'
import { createBoundedCache } from '../webhooks/bounded-cache.ts'
import { MASKED, openHeaders } from '../webhooks/custom-headers.ts'
import type { Vault } from '../webhooks/secret-vault.ts'
import { signWebhook } from '../webhooks/signature.ts'
import { secretsOfDelivery } from '../webhooks/signing-secrets.ts'
import { displayUrl } from '../webhooks/target-url.ts'
import type { SendRequest } from './sending/request-bytes.ts'

/** A request that is ready to be sent, and how it is shown in the record. */
export interface BuiltRequest extends SendRequest {
  /** All headers as they are sent, in order, secrets masked. */
  readonly recordedHeaders: HeaderList
  /** The URL without its password. */
  readonly recordedUrl: string
  /** What signs it. */
  readonly secret: string
}

/** The request cannot be built as things are set now; the message says what to set. */
export class RequestNotBuildableError extends Error {
  override readonly name = 'RequestNotBuildableError'
}

type Header = readonly [name: string, value: string]

const CONTENT_TYPE: Header = ['Content-Type', 'application/json']
const CONNECTION: Header = ['connection', 'keep-alive']
const SIGNATURE_NAMES = ['X-Signature', 'webhook-id', 'webhook-timestamp', 'webhook-signature'] as const

/** What a request takes from its URL. */
interface ReadUrl {
  readonly url: URL
  readonly recordedUrl: string
  readonly hostHeader: Header
  /** Null when it has none. */
  readonly credentials: string | null
}

/** URLs kept read: most attempts go where others went. Each attempt read its own three times. */
const READ_URLS_MAX = 5_000
const readUrls = createBoundedCache<string, ReadUrl>(READ_URLS_MAX)

function readUrl(text: string): ReadUrl {
  const known = readUrls.get(text)
  if (known) return known
  const url = URL.parse(text)
  if (url === null) throw new RequestNotBuildableError('the URL of the webhook is not valid')
  const read: ReadUrl = {
    url,
    recordedUrl: displayUrl(text),
    hostHeader: ['host', url.host],
    credentials: basicAuth(url),
  }
  readUrls.set(text, read)
  return read
}

/**
 * Builds the request of one attempt (design 3.1): the same body and `webhook-id` on each, a new timestamp and new
 * signatures. User name and password of the URL become Basic auth, which is not recorded, unless the webhook has an
 * `Authorization` header of its own; saving refuses to have both.
 * @throws RequestNotBuildableError when the URL or the secret is missing, SecretUnreadableError
 */
export function buildRequest(
  delivery: LeasedDelivery,
  { vault, userAgent, now }: { vault: Pick<Vault, 'open' | 'derive'>; userAgent: string; now: number },
): BuiltRequest {
  if (delivery.url === null) throw new RequestNotBuildableError('the webhook has no URL')
  const secrets = secretsOfDelivery(vault, delivery, now)
  if (secrets === null) {
    throw new RequestNotBuildableError('the webhook has no secret: set one, deliveries are never sent unsigned')
  }
  const { url, recordedUrl, hostHeader, credentials } = readUrl(delivery.url)
  const body = Buffer.from(delivery.body, 'utf8')
  const signed = signWebhook({ body, deliveryId: delivery.id, timestampSeconds: Math.floor(now / 1_000), ...secrets })
  const headers: Header[] = [CONTENT_TYPE, ['User-Agent', userAgent]]
  // The same pairs as those that are sent, but for the masked ones: each is an array of the hot path.
  const recordedHeaders: Header[] = [hostHeader, CONNECTION, CONTENT_TYPE, headers[1] as Header]
  const add = (header: Header, recorded = header) => {
    headers.push(header)
    recordedHeaders.push(recorded)
  }
  let authorized = credentials === null
  for (const { name, value, secret } of openHeaders(delivery.customHeaders, { accountId: delivery.accountId, vault })) {
    add([name, value], [name, secret ? MASKED : value])
    authorized ||= name.toLowerCase() === 'authorization'
  }
  if (!authorized) add(['Authorization', credentials as string], ['Authorization', MASKED])
  // Last, after everything that people can set.
  for (const name of SIGNATURE_NAMES) add([name, signed[name]])
  recordedHeaders.push(['content-length', String(body.length)])
  return { url, headers, body, recordedHeaders, recordedUrl, secret: secrets.secret }
}

/** The credentials of a URL as Basic auth (RFC 7617, UTF-8); null when it has none. */
function basicAuth({ username, password }: URL): string | null {
  if (username === '' && password === '') return null
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`
}
