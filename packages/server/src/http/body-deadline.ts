import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { CancelTimer, Clock } from '../lib/clock.ts'

/**
 * Ends the connection of a client that takes longer than `limitMs` to send a body. Node has such a limit itself, but one
 * for all requests, and uploads need a longer one than this.
 */
export function addBodyDeadline(
  scope: FastifyInstance,
  options: {
    readonly clock: Clock
    readonly limitMs: number
    /** Requests whose body is read elsewhere, with deadlines of its own. */
    readonly except?: (request: FastifyRequest) => boolean
  },
): void {
  const { clock, limitMs, except = () => false } = options
  const timers = new WeakMap<FastifyRequest, CancelTimer>()
  scope.addHook('preParsing', (request, _reply, payload, done) => {
    const { headers, raw } = request
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
    if (hasBody && !except(request)) {
      timers.set(
        request,
        // A body that was refused has no validation that would stop the timer, and may have come to its end since.
        clock.after(limitMs, () => {
          if (!raw.complete) raw.destroy()
        }),
      )
    }
    done(null, payload)
  })
  scope.addHook('preValidation', (request, _reply, done) => {
    timers.get(request)?.()
    done()
  })
}
