import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WebhookReceiver } from './options.ts'
import { endUnread, unread } from './unread.ts'

/** What frameworks keep of a body beside the request: as bytes, as text, or as what a parser made. */
interface Kept {
  readonly body?: unknown
  /** Google's functions and Nest keep the bytes here, beside the parsed body. */
  readonly rawBody?: unknown
}

const ADVICE = 'Give the receiver the request before anything reads it.'

/**
 * A receiver as a handler of `node:http`, and of whatever hands on Node's request and response. A body that something
 * parsed is answered with 500 and the code `body.parsed`, and `onError` is told what to do. Never rejects.
 *
 * @param advice what that is, where a framework is around this
 */
export function nodeHandler(
  receiver: WebhookReceiver,
  advice: string = ADVICE,
): (message: IncomingMessage & Kept, response: ServerResponse) => Promise<void> {
  return async (message, response) => {
    const { method = '', headers } = message
    const answer = await receiver.receive({ method, headers, body: bodyOf(message), advice })
    endUnread(message, response)
    // Something else, such as a time limit around this, may have answered meanwhile.
    if (response.headersSent) return
    response.writeHead(answer.status, answer.headers)
    response.end(answer.body)
  }
}

function bodyOf(message: IncomingMessage & Kept): unknown {
  const kept = message.rawBody ?? message.body
  // Parsers of Express 4 set `{}` where they have not read the body, which has another type than theirs.
  if (kept !== undefined && (message.readableDidRead || !isEmptyObject(kept))) return kept
  // `false` is none of the forms that a raw body has: it was read, and is not here.
  return message.readableDidRead ? false : unread(message)
}

function isEmptyObject(kept: unknown): boolean {
  return typeof kept === 'object' && kept !== null && !ArrayBuffer.isView(kept) && Object.keys(kept).length === 0
}
