import { nodeHandler } from './node.ts'
import type { WebhookReceiver } from './options.ts'

const PAGES_ADVICE = 'In Next.js, add to this file: export const config = { api: { bodyParser: false } }'

/**
 * A receiver as a route handler of Next.js: `export const POST = nextHandler(receiver, { after })`.
 *
 * @param platform `after` of `next/server`: keeps a serverless function alive until the handler has ended
 */
export function nextHandler(
  receiver: WebhookReceiver,
  { after }: { readonly after?: (work: Promise<unknown>) => unknown } = {},
): (request: Request) => Promise<Response> {
  return (request) => receiver.fetch(request, after && { waitUntil: after })
}

/** A receiver as an API route of the Pages Router: `export default nextPagesHandler(receiver)`, without body parser. */
export function nextPagesHandler(receiver: WebhookReceiver): ReturnType<typeof nodeHandler> {
  return nodeHandler(receiver, PAGES_ADVICE)
}
