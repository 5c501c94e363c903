import { z } from 'zod'
import { defineEndpoint, type Endpoint } from '../route.ts'
import type { Reference } from './reference.ts'

/** `GET /openapi.json`: the description of this API in OpenAPI 3.1, made from the route table. */
export function showOpenApi({ describe }: Pick<Reference, 'describe'>): Endpoint {
  return defineEndpoint({
    answers: { 200: z.looseObject({ openapi: z.string() }) },
    async handle(_request, reply) {
      const text = await describe()
      reply.header('content-type', 'application/json; charset=utf-8')
      return text
    },
  })
}
