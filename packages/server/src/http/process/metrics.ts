import type { Registry } from 'prom-client'
import { z } from 'zod'
import { defineEndpoint, type Endpoint } from '../route.ts'

/** `GET /metrics`: all measurements of this process in the text format of Prometheus. */
export function showMetrics(deps: { metrics: Registry }): Endpoint {
  return defineEndpoint({
    answers: { 200: z.string() },
    contentType: 'text/plain',
    async handle(_request, reply) {
      reply.header('content-type', deps.metrics.contentType)
      return await deps.metrics.metrics()
    },
  })
}
