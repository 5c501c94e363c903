import type { HeaderList } from '../../store/deliveries.ts'

export interface SendRequest {
  readonly url: URL
  /** All headers but `Host`, `Connection` and `Content-Length`, which belong to the connection. */
  readonly headers: HeaderList
  readonly body: Buffer
}

/** A header that HTTP cannot carry; the message names it, and not its value, which may be a secret. */
export class InvalidHeaderError extends Error {
  override readonly name = 'InvalidHeaderError'

  constructor(header: string) {
    super(`the header ${JSON.stringify(header)} has a character that headers cannot have`)
  }
}

/** RFC 9110 sections 5.1 and 5.5. One character out of place, and the receiver reads headers that nobody wrote. */
const NOT_IN_NAME = /[^!#$%&'*+.^_`|~0-9A-Za-z-]/
const NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/

/** What a request takes of its URL. Most attempts go where others went, with the same object (`request.ts`). */
export interface Target {
  /** What connections are kept by. */
  readonly origin: string
  /** How the head of each request begins. */
  readonly beginning: string
}

const targets = new WeakMap<URL, Target>()

export function targetOf(url: URL): Target {
  const known = targets.get(url)
  if (known) return known
  const beginning = `POST ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: keep-alive\r\n`
  const target = { origin: url.origin, beginning }
  targets.set(url, target)
  return target
}

/**
 * The bytes of a POST (RFC 9112), head and body as one: two writes are two packets, and the receiver wakes up twice.
 * @throws InvalidHeaderError
 */
export function requestBytes({ url, headers, body }: SendRequest): Buffer {
  let head = targetOf(url).beginning
  for (const [name, value] of headers) {
    if (name === '' || NOT_IN_NAME.test(name) || NOT_IN_VALUE.test(value)) throw new InvalidHeaderError(name)
    head += `${name}: ${value}\r\n`
  }
  head += `content-length: ${body.length}\r\n\r\n`
  const bytes = Buffer.allocUnsafe(head.length + body.length)
  bytes.write(head, 'latin1')
  body.copy(bytes, head.length)
  return bytes
}
