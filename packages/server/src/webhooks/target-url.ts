import { isIP } from 'node:net'
import { WEBHOOK_URL_LENGTH_MAX } from '@ringback/contract'

/** A URL that webhooks could be sent to, as far as its text can tell. */
export interface TargetUrl {
  /** Normalised, as it is stored and sent to. */
  readonly href: string
  /** Lower case, without brackets and without a dot at the end. */
  readonly hostname: string
  readonly hostKind: HostKind
}

/** `localhost` covers the names below it too: RFC 6761 gives them all to the machine itself. */
export type HostKind = 'address' | 'localhost' | 'name'

/** Tells what a host is, in a URL's form (`[::1]`) or a socket's (`::1`). */
export function hostKindOf(hostname: string): HostKind {
  if (isIP(bareHost(hostname)) !== 0) return 'address'
  return /^(?:.+\.)?localhost$/i.test(bareHost(hostname)) ? 'localhost' : 'name'
}

/** A host without the brackets of IPv6 and without the dot that ends an absolute name. */
export function bareHost(hostname: string): string {
  if (hostname.startsWith('[') && hostname.endsWith(']')) return hostname.slice(1, -1)
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname
}

/**
 * Reads a URL and lists everything about its text that is against the rules (design 3.2), each as the end of a sentence
 * that begins with the field. The WHATWG parser resolves every spelling of a host first: decimal, octal, hexadecimal and
 * short IPv4, full-width digits and dots, percent-encoding, compressed IPv6.
 */
export function readTargetUrl(
  text: string,
  options: { readonly allowHttpTargets: boolean },
): { readonly target: TargetUrl | null; readonly problems: readonly string[] } {
  if (text.length > WEBHOOK_URL_LENGTH_MAX) {
    return { target: null, problems: [`is longer than ${WEBHOOK_URL_LENGTH_MAX} characters`] }
  }
  const trimmed = text.trim()
  // The parser would drop tabs and line ends silently and call something else than what people read.
  if (/\p{Cc}/u.test(trimmed)) return { target: null, problems: ['contains a control character'] }
  const url = URL.parse(trimmed)
  if (url === null)
    return { target: null, problems: ['is not a URL; write it whole, such as https://example.com/hook'] }

  const problems: string[] = []
  if (url.protocol === 'http:') {
    if (!options.allowHttpTargets) {
      problems.push('must begin with https:// (the server setting RINGBACK_ALLOW_HTTP_TARGETS=true would allow http)')
    }
  } else if (url.protocol !== 'https:') {
    return { target: null, problems: [`must begin with https://, not ${url.protocol}`] }
  }
  // The parser finds a host in https:/hook and https:///hook too: a URL whose host was forgotten.
  if (!/^https?:\/\/[^/\\]/i.test(trimmed)) return { target: null, problems: [...problems, 'has no host'] }
  if (url.href.includes('#')) problems.push('must not have a fragment (#...): it is never sent')
  if (!isBasicAuth(url)) problems.push('has a user name or password that cannot be sent as Basic auth')
  if (url.port === '0') problems.push('must not have port 0')

  const hostname = bareHost(url.hostname)
  if (hostname !== url.hostname && !url.hostname.startsWith('[')) url.hostname = hostname
  if (hostname === '' || hostname.endsWith('.') || hostname.startsWith('.') || hostname.includes('..')) {
    return { target: null, problems: [...problems, 'has an empty part in its host name'] }
  }
  if (url.href.length > WEBHOOK_URL_LENGTH_MAX) {
    problems.push(`is longer than ${WEBHOOK_URL_LENGTH_MAX} characters when percent-encoded`)
  }
  return { target: { href: url.href, hostname, hostKind: hostKindOf(hostname) }, problems }
}

/** Whether the credentials decode to UTF-8, and the user name to one without a colon, which would divide it (RFC 7617). */
function isBasicAuth({ username, password }: URL): boolean {
  try {
    decodeURIComponent(password)
    return !decodeURIComponent(username).includes(':')
  } catch {
    return false
  }
}

/** Stands for credentials where people read a URL. */
const HIDDEN = '***'

/**
 * The URL for records and answers: its password is replaced by `***`, and so is a user name without a password, which is
 * how tokens are often given. Its query stays (it tells receivers apart), so log
 * lines should name the host only. Text that is not a URL becomes `(not a URL)`, because nobody knows what is in it.
 */
export function displayUrl(text: string): string {
  const url = URL.parse(text)
  if (url === null || url.host === '') return '(not a URL)'
  if (url.password !== '') url.password = HIDDEN
  else if (url.username !== '') url.username = HIDDEN
  return url.href
}
