import swagger, { type SwaggerTransform } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { registerRoute } from '../register-route.ts'
import type { Route } from '../route.ts'
import { createInnerApp } from './inner-app.ts'

/** What the description says besides the routes. */
export interface ReferenceOptions {
  readonly publicUrl: string
  /** Of Ringback. */
  readonly version: string
}

/**
 * Everything from this server, nothing inline, nobody may frame it. Images as `data:` because the style sheet of
 * Swagger UI brings its icons that way.
 */
const REFERENCE_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The OpenAPI description of the routes as JSON text, made by a server that has them and answers nobody. */
export async function describeRoutes(routes: readonly Route[], options: ReferenceOptions): Promise<string> {
  const app = createInnerApp()
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Ringback',
        version: options.version,
        description:
          'AI jobs that call you back: post a job, get 202, be told by a signed webhook when it has finished.',
      },
      servers: [
        // First, so that trying a route out stays on the origin that the policy above allows, whatever name it was opened by.
        { url: '/', description: 'Where this description came from' },
        { url: options.publicUrl, description: 'The public address' },
      ],
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key.' } } },
    },
    transform: describeRoute,
  })
  // In a plugin of its own, so that the description is there to see the routes come.
  app.register((scope, _options, done) => {
    for (const route of routes) registerRoute(scope, route, null)
    done()
  })
  await app.ready()
  return JSON.stringify(app.swagger())
}

/**
 * The pages below `path` made from a description: Swagger UI, whose files come with its package, so it works without the internet and
 * asks no third party for anything.
 */
export async function buildPages(path: string, description: string): Promise<FastifyInstance> {
  const app = createInnerApp()
  app.register(swagger, { mode: 'static', specification: { document: JSON.parse(description) } })
  app.register(swaggerUi, {
    routePrefix: path,
    staticCSP: REFERENCE_CSP,
    // The badge would send the description of the API to a third party.
    uiConfig: { validatorUrl: null, url: '/openapi.json', tryItOutEnabled: true },
  })
  await app.ready()
  return app
}

/**
 * Request headers and forms are in the documentation only: as schemas of the route, Fastify would check them on each
 * request, replace all headers by the ones it knows, and find no body where a form is still to be read.
 */
const describeRoute: SwaggerTransform = (input) => {
  const { headers, form, body } = input.route.config?.route?.endpoint ?? {}
  const consumes = [...(body ? ['application/json'] : []), 'multipart/form-data']
  const added = { ...(headers && { headers }), ...(form && { body: form, consumes }) }
  return jsonSchemaTransform({ ...input, schema: { ...input.schema, ...added } })
}
