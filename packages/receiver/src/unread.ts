import type { IncomingMessage, ServerResponse } from 'node:http'

/** Where a body was not read to its end, the rest is let go and the connection ends with the answer. */
export function endUnread(message: IncomingMessage, response: ServerResponse): void {
  if (message.complete) return
  response.shouldKeepAlive = false
  message.resume()
}

/** The body of a request as it comes; the connection stays, for the answer, when not all is read. */
export function unread(message: IncomingMessage): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => message.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array> }
}
