import type { FastifyReply, FastifyRequest } from 'fastify'
import { Histogram, type Registry } from 'prom-client'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'

/** Seconds. A dispatch takes about 1 ms, a test of a webhook up to 12 s. */
const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** What a metric calls requests that no route took: their paths are anybody's text and would be endless labels. */
const UNKNOWN_ROUTE_LABEL = 'unknown'

/**
 * Makes the function that writes the one line and the one measurement of a finished request. No bodies, no query
 * strings, no headers; of a path only its pattern, unless no route has it.
 */
export function createRequestLog(deps: { clock: Clock; log: Log; metrics: Registry }) {
  const { clock, log } = deps
  const durations = new Histogram({
    name: 'ringback_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS_SECONDS,
    registers: [deps.metrics],
  })

  return function logRequest(request: FastifyRequest, reply: FastifyReply): void {
    const durationMs = clock.monotonicMs() - request.startedAtMs
    const { method, failure } = request
    const route = request.routeOptions.url
    const status = reply.statusCode
    durations.observe({ method, route: route ?? UNKNOWN_ROUTE_LABEL, status }, durationMs / 1_000)

    const level = status < 500 ? 'info' : status === 503 ? 'warn' : 'error'
    if (!log.isLevelEnabled(level)) return
    log[level](
      {
        ...failure?.log,
        method,
        route: route ?? pathOf(request.url),
        status,
        durationMs: Math.round(durationMs * 1_000) / 1_000,
        accountId: request.accountId,
        requestId: request.id,
        ...(failure && { code: failure.code }),
        ...(failure?.cause !== undefined && { err: failure.cause }),
      },
      'request',
    )
  }
}

function pathOf(url: string): string {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}
