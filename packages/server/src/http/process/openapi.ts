import { z } from 'zod'
import { defineEndpoint, type Endpoint } from '../route.ts'

/** `GET /openapi.json`: the description of this API in OpenAPI 3.1, made from the route table. */
export function showOpenApi(): Endpoint {
  let text: string | null = null
  return defineEndpoint({
    answers: { 200: z.looseObject({ openapi: z.string() }) },
    handle(request, reply) {
      text ??= JSON.stringify(request.server.swagger())
      reply.header('content-type', 'application/json; charset=utf-8')
      return text
    },
  })
}
