import { z } from 'zod'
import { defineEndpoint, type Endpoint } from '../route.ts'

/** Whether the process can do its work now, and if not, why. */
export interface Readiness {
  readonly ready: boolean
  /** One short text a reason, for operators; empty when ready. Never holds secrets or addresses. */
  readonly reasons: readonly string[]
}

/** `GET /health/live`: that the process answers at all. A supervisor restarts it when it does not. */
export function live(): Endpoint {
  return defineEndpoint({
    answers: { 200: z.object({ status: z.literal('live') }) },
    handle: () => ({ status: 'live' }),
  })
}

const readinessSchema = z.object({ status: z.enum(['ready', 'not_ready']), reasons: z.array(z.string()) })

/** `GET /health/ready`: 200 when the process can work, 503 with the reasons when a load balancer should pass it by. */
export function ready(deps: { isReady: () => Promise<Readiness> }): Endpoint {
  return defineEndpoint({
    answers: { 200: readinessSchema, 503: readinessSchema },
    async handle(_request, reply): Promise<z.output<typeof readinessSchema>> {
      const readiness = await deps.isReady()
      reply.code(readiness.ready ? 200 : 503)
      return { status: readiness.ready ? 'ready' : 'not_ready', reasons: [...readiness.reasons] }
    },
  })
}
