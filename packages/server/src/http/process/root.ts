import { z } from 'zod'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { DASHBOARD_PATH } from './dashboard.ts'

/** `GET /`: leads people to the dashboard. */
export function root(): Endpoint {
  return defineEndpoint({
    answers: { 302: z.null() },
    handle: (_request, reply) => reply.redirect(`${DASHBOARD_PATH}/`),
  })
}
