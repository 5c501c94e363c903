import { z } from 'zod'
import { defineEndpoint, type Endpoint } from '../route.ts'

/** `GET /`: leads people to the API reference. */
export function root(): Endpoint {
  return defineEndpoint({
    answers: { 302: z.null() },
    handle: (_request, reply) => reply.redirect('/docs'),
  })
}
