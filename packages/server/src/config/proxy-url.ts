import { BadValue } from './setting.ts'
import { commaList } from './value-parsers.ts'

/**
 * Reads the address of an HTTP proxy, with the user name and password that it asks for. The port must be written:
 * proxies have no port by which everybody knows them.
 */
export function proxyUrl(text: string): { hostname: string; port: number; credentials: string | null } {
  const url = URL.canParse(text) ? new URL(text) : null
  // URL drops port 80, which is the default of http.
  const port = /:(\d{1,5})\/?$/.exec(text)?.[1]
  if (url?.protocol !== 'http:' || port === undefined || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new BadValue()
  }
  const credentials =
    url.username === '' ? null : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return { hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port), credentials }
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
