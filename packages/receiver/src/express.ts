import { nodeHandler } from './node.ts'
import type { WebhookReceiver } from './options.ts'

const ADVICE =
  'In Express, put app.post(path, expressHandler(receiver)) above app.use(express.json()), or give its path ' +
  "express.raw({ type: '*/*', limit: '1mb' }) in place of express.json()."

/** A receiver as a handler of Express: `app.post('/webhook', expressHandler(receiver))`, above body parsers. */
export function expressHandler(receiver: WebhookReceiver): ReturnType<typeof nodeHandler> {
  return nodeHandler(receiver, ADVICE)
}
