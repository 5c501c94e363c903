import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify'
import { unknownRoute } from '../errors.ts'

/** Checks nothing, and says so before Fastify loads its own two compilers. The cast: see `server.ts`. */
const NO_COMPILERS = {
  compilersFactory: { buildValidator: () => () => () => true, buildSerializer: () => JSON.stringify },
} as unknown as NonNullable<FastifyServerOptions['schemaController']>

/**
 * A server inside the server, for pages that a start need not wait for: what takes plugins takes them before it listens,
 * so those that come later need a server of their own. It listens nowhere and answers what {@link passOn} gives it.
 */
export function createInnerApp(): FastifyInstance {
  return Fastify({ schemaController: NO_COMPILERS })
}

/** Headers of an answer that are about the connection it came by. */
const OF_CONNECTION = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding'])

/** What addresses of files look like; nothing that leads out of their folder, or that a URL would be read from anew. */
const PATH = /^\/[\w/-]*(?:\.[\w-]+)*$/

/**
 * Answers a request with what the inner server answers to a GET of this path, with the same headers.
 * @throws AppError `request.unknown_route` when it has nothing there
 */
export async function passOn(
  inner: FastifyInstance,
  path: string,
  { headers }: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (!PATH.test(path)) throw unknownRoute()
  const answer = await inner.inject({ method: 'GET', url: path, headers })
  if (answer.statusCode === 404) throw unknownRoute()
  if (answer.statusCode >= 500) throw new Error(`${path} was answered with ${answer.statusCode}: ${answer.payload}`)
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && !OF_CONNECTION.has(name)) reply.header(name, value)
  }
  reply.code(answer.statusCode)
  // An empty body that is given gets a type of its own.
  return answer.rawPayload.length === 0 ? reply.send() : reply.send(answer.rawPayload)
}
