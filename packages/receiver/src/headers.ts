/** The headers of a request: those of the Web, or an object such as `request.headers` of Node. Names in any case. */
export type WebhookHeaders = Pick<Headers, 'get'> | Readonly<Record<string, string | readonly string[] | undefined>>

/** The value of a header; null when it is not there. `name` is in lower case. A repeated one is joined, as HTTP says. */
export function readHeader(headers: WebhookHeaders, name: string): string | null {
  if (typeof headers.get === 'function') return headers.get(name)
  for (const [key, value] of Object.entries(headers)) {
    if (key.toLowerCase() !== name || value === undefined) continue
    return typeof value === 'string' ? value : (value as readonly string[]).join(', ')
  }
  return null
}
