import { createRequire } from 'node:module'
import { problemSchema } from '@ringback/contract'
import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import { z } from 'zod'
import { compatErrorSchema } from './compat/errors.ts'
import { type Family, type Route, scopeNeeded } from './route.ts'

const ERROR_FORMATS = {
  compat: { schema: compatErrorSchema, contentType: 'application/json' },
  management: { schema: problemSchema, contentType: 'application/problem+json' },
  process: { schema: problemSchema, contentType: 'application/problem+json' },
} as const satisfies Record<Family, { schema: z.ZodType; contentType: string }>

/**
 * The query of a management route that takes none: `?webhook=` where there is no such filter is a mistake, and an answer about
 * all webhooks would look like one about this one. Routes for jobs ignore what they do not know, as clients expect.
 */
const NO_QUERY = z.strictObject({})

/** Puts a line of the route table into Fastify, with its gate in front and its documentation. */
export function registerRoute(app: FastifyInstance, route: Route, gate: onRequestHookHandler | null): void {
  const { endpoint } = route
  const scope = scopeNeeded(route.scope)
  const query = endpoint.query ?? (route.family === 'management' ? NO_QUERY : undefined)
  app.route({
    method: route.method,
    url: route.path,
    config: { route },
    ...(gate && { onRequest: gate }),
    schema: {
      summary: route.summary,
      tags: [route.tag],
      ...(route.scope !== 'public' && { security: [{ apiKey: scope === null ? [] : [scope] }] }),
      ...(endpoint.params && { params: endpoint.params }),
      ...(query && { querystring: query }),
      ...(endpoint.body && { body: endpoint.body }),
      response: answersOf(route),
    },
    handler: endpoint.handle,
  })
}

/** What every route with a key can answer besides its own answers. */
const GATE_STATUSES = [401, 403, 429] as const

/** The one answer that has no body. */
const NO_CONTENT = '204'

/** The answers of a route as Fastify takes them: checked on the way out, and written into the documentation. */
function answersOf(route: Route): Record<number, unknown> {
  const { endpoint } = route
  const errors = ERROR_FORMATS[route.family]
  const answers: Record<number | string, unknown> = {}
  for (const [status, schema] of Object.entries(endpoint.answers)) {
    if (status === NO_CONTENT) {
      // Described by the type of its body alone: the description knows no answer with content and without a schema.
      answers[NO_CONTENT] = schema.describe('No Content')
      continue
    }
    const isError = schema === compatErrorSchema || schema === problemSchema
    const contentType = isError ? errors.contentType : (endpoint.contentType ?? 'application/json')
    answers[Number(status)] = answer(Number(status), contentType, schema)
  }
  if (route.family === 'management') answers[422] ??= answer(422, errors.contentType, errors.schema)
  if (route.scope !== 'public') {
    for (const status of GATE_STATUSES) answers[status] ??= answer(status, errors.contentType, errors.schema)
  }
  return answers
}

/**
 * Not by an import, which reads every export of the module, and one of them (`WebSocket`) loads the whole client that
 * Node has inside: 30 ms of each start.
 */
const { STATUS_CODES } = createRequire(import.meta.url)('node:http') as typeof import('node:http')

function answer(status: number, contentType: string, schema: z.ZodType) {
  return { description: STATUS_CODES[status], content: { [contentType]: { schema } } }
}
