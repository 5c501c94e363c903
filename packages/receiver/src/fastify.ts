import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WebhookReceiver } from './options.ts'
import { endUnread, unread } from './unread.ts'

/** What the receiver needs of a Fastify instance. */
interface Instance {
  removeAllContentTypeParsers(): unknown
  addContentTypeParser(
    type: string,
    parse: (request: unknown, payload: IncomingMessage, done: (error: null, body: unknown) => void) => void,
  ): unknown
  addHook(name: 'onClose', hook: () => Promise<void>): unknown
  all(path: string, handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>): unknown
}

interface FastifyRequest {
  readonly method: string
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
  readonly raw: IncomingMessage
}

interface FastifyReply {
  code(status: number): FastifyReply
  headers(headers: Record<string, string>): FastifyReply
  send(body: string): unknown
  readonly raw: ServerResponse
}

const ADVICE =
  'In Fastify, use app.register(fastifyReceiver(receiver), { prefix: path }), which keeps the body from parsers.'

/**
 * A receiver as a plugin of Fastify: `app.register(fastifyReceiver(receiver), { prefix: '/webhook' })`. Below that prefix
 * nothing parses bodies; the rest of your app keeps its parsers. `app.close()` drains the receiver.
 */
export function fastifyReceiver(receiver: WebhookReceiver): (app: Instance) => Promise<void> {
  return async (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, payload, done) => done(null, unread(payload)))
    app.addHook('onClose', () => receiver.drain())
    app.all('/', fastifyHandler(receiver))
  }
}

/** The handler alone, for a route of yours whose body is kept as bytes or text. */
export function fastifyHandler(
  receiver: WebhookReceiver,
): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  return async ({ method, headers, body, raw }, reply) => {
    const answer = await receiver.receive({ method, headers, body, advice: ADVICE })
    endUnread(raw, reply.raw)
    return reply.code(answer.status).headers(answer.headers).send(answer.body)
  }
}
