import type { ProxyAddress } from '../config.ts'
import { BadValue } from './setting.ts'
import { commaList } from './value-parsers.ts'

/**
 * What may stand before `://`. `socks5h` is how other programs write "let the proxy resolve names"; here it is the same as
 * `socks5`, because an address that only the proxy knows is one that nobody has checked (docs/webhooks.md).
 */
const PROTOCOLS: Readonly<Record<string, ProxyAddress['protocol']>> = {
  'http:': 'http',
  'socks5:': 'socks5',
  'socks5h:': 'socks5',
}

/** User and password have a byte for their length (RFC 1929 section 2). */
const SOCKS_CREDENTIAL_BYTES_MAX = 255

/**
 * Reads the address of an HTTP or SOCKS5 proxy, with the user name and password that it asks for. The port must be
 * written: proxies have no port by which everybody knows them.
 */
export function proxyUrl(text: string): ProxyAddress {
  const url = URL.canParse(text) ? new URL(text) : null
  const protocol = PROTOCOLS[url?.protocol ?? '']
  // URL drops port 80, which is the default of http.
  const port = /:(\d{1,5})\/?$/.exec(text)?.[1]
  const path = url?.pathname ?? ''
  if (!url || !protocol || port === undefined || url.hostname === '' || !['', '/'].includes(path) || hasMore(url)) {
    throw new BadValue()
  }
  const credentials =
    url.username === '' ? null : { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
  if (protocol === 'socks5' && credentials && !fitsSocks(credentials)) {
    throw new BadValue(`user and password of a SOCKS5 proxy have at most ${SOCKS_CREDENTIAL_BYTES_MAX} bytes each`)
  }
  return { protocol, hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port), credentials }
}

function hasMore({ search, hash }: URL): boolean {
  return search !== '' || hash !== ''
}

function fitsSocks({ user, password }: { user: string; password: string }): boolean {
  return [user, password].every((part) => Buffer.byteLength(part) <= SOCKS_CREDENTIAL_BYTES_MAX)
}

/** A host name or IPv4 address, with a dot in front for all names below it; or an IPv6 address, without brackets. */
const EXCEPTION = /^(?:\.?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|[0-9a-f:.]*:[0-9a-f:.]*)$/

/** Reads the hosts that are reached past the proxy, in the form that URLs give host names: lower case. */
export function proxyExceptions(text: string): readonly string[] {
  return commaList(text).map((entry) => {
    const host = entry.toLowerCase()
    if (!EXCEPTION.test(host)) throw new BadValue(`"${entry}" is no host name, .domain or IP address`)
    return host
  })
}
