import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Route } from '../route.ts'
import { passOn } from './inner-app.ts'
import type { ReferenceOptions } from './reference-app.ts'

/** Where people read the API. */
const REFERENCE_PATH = '/docs'

/** The OpenAPI description of the routes, and the pages that are made from it. */
export interface Reference {
  /** The description as JSON text. It is made once, by the first who asks. */
  describe(): Promise<string>
  /** Serves the pages below {@link REFERENCE_PATH}. */
  addTo(app: FastifyInstance): void
}

/**
 * Nothing of it is made at the start, nor are its libraries loaded, a hundred modules: people who read the API wait once,
 * for a tenth of a second besides the description itself (0.2 s of work), and servers that nobody asks never do.
 */
export function createReference(routes: () => readonly Route[], options: ReferenceOptions): Reference {
  let text: Promise<string> | null = null
  let pages: Promise<FastifyInstance> | null = null

  function describe(): Promise<string> {
    text ??= import('./reference-app.ts').then(({ describeRoutes }) => describeRoutes(routes(), options))
    return text
  }

  async function openPages(): Promise<FastifyInstance> {
    const { buildPages } = await import('./reference-app.ts')
    return await buildPages(REFERENCE_PATH, await describe())
  }

  async function serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    pages ??= openPages()
    // The router takes several slashes for one.
    const path = (request.url.split('?', 1)[0] as string).replace(/\/{2,}/g, '/')
    return await passOn(await pages, path, request, reply)
  }

  return {
    describe,
    addTo(app) {
      const schema = { hide: true }
      app.get(REFERENCE_PATH, { schema }, serve)
      app.get(`${REFERENCE_PATH}/*`, { schema }, serve)
    },
  }
}
