import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

export interface RawAnswer {
  readonly status: number
  /** Names and values as written, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly text: string
}

/**
 * One request with exactly these header lines, repeated ones included: `fetch` would join them. `chunked` sends the body
 * without telling its length.
 */
export function rawRequest(
  origin: string,
  options: {
    readonly method: string
    readonly path: string
    readonly headers: readonly (readonly [name: string, value: string])[]
    readonly body?: string | Buffer
    readonly chunked?: boolean
  },
): Promise<RawAnswer> {
  const { method, path, body, chunked = false } = options
  const length: readonly [string, string] = chunked
    ? ['Transfer-Encoding', 'chunked']
    : ['Content-Length', String(Buffer.byteLength(body ?? ''))]
  const headers = [['Host', new URL(origin).host], ...options.headers, length].flat()
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, origin), { method, headers, agent: false }, async (response) => {
      const { rawHeaders } = response
      resolve({
        status: response.statusCode ?? 0,
        headers: rawHeaders.flatMap((name, index) =>
          index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
        ),
        text: await text(response),
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Sends bytes that need not be HTTP, and gives all that comes back until the server closes. */
export function rawExchange(origin: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()))
  })
}
