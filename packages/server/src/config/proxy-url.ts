import { BadValue } from './setting.ts'

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
