import type { FastifyReply } from 'fastify'

/**
 * A signal that aborts when nobody can get the answer any more. Fastify's own `request.signal` listens to the request,
 * which closes as soon as its body was read.
 */
export function clientGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  return gone.signal
}
