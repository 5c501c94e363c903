import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import { isoTime } from '../../lib/iso-time.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { compatErrorSchema } from './errors.ts'

/** `GET /api/v1/ping`: that the API is there, and what time it is. */
export function ping(deps: { clock: Clock }): Endpoint {
  return defineEndpoint({
    answers: {
      200: z.object({ ping: z.literal('pong'), timestamp: z.string().describe('UTC with microseconds.') }),
      401: compatErrorSchema,
    },
    handle: () => ({ ping: 'pong', timestamp: microsecondTime(deps.clock.now()) }),
  })
}

/** Six digits after the second, as the original sends them. The clock has milliseconds: the rest are zeros. */
function microsecondTime(timeMs: number): string {
  return isoTime(timeMs).replace('Z', '000Z')
}
