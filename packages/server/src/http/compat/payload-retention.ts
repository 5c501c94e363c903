import type { FastifyRequest } from 'fastify'
import { PAYLOAD_RETENTION_MS_MIN, RETENTION_MS_MAX } from '../../config/settings.ts'
import type { Config } from '../../config.ts'
import { formatDuration, parseDurationMs } from '../../lib/duration.ts'
import { singleHeader } from '../single-header.ts'
import { invalidRequest } from '../zod-problems.ts'

/** As Node writes header names, and as errors call it. */
const HEADER = 'payload-retention'
const FIELD = 'header Payload-Retention'

/**
 * The `Payload-Retention` of a dispatch in milliseconds; null when there is none. It has the words of
 * `RINGBACK_PAYLOAD_RETENTION`, and can only be shorter: a promise that the server would not keep is refused, and not
 * made smaller behind the back of somebody who counts on it.
 * @throws AppError `request.invalid` when it is no duration, too short, longer than the server keeps payloads, empty, or
 *   sent twice
 */
export type ReadPayloadRetention = (request: FastifyRequest) => number | null

export function createPayloadRetentionReader(
  config: Pick<Config, 'retentionMs' | 'payloadRetentionMs'>,
): ReadPayloadRetention {
  const { maxMs, reason } = longestOf(config)
  const range = `from ${formatDuration(PAYLOAD_RETENTION_MS_MIN)} to ${formatDuration(maxMs)}`
  return (request) => {
    const text = singleHeader(request, HEADER, FIELD)
    if (text === null) return null
    const durationMs = durationOf(text)
    if (durationMs === null) {
      throw invalidRequest([{ field: FIELD, message: `must be a duration such as 90m, 12h or 7d, ${range}` }])
    }
    if (durationMs < PAYLOAD_RETENTION_MS_MIN || durationMs > maxMs) {
      throw invalidRequest([{ field: FIELD, message: `must be ${range}${durationMs > maxMs ? reason : ''}` }])
    }
    return durationMs
  }
}

/** How long payloads are kept here, and what says so; a job without its payloads' setting has them to its end. */
function longestOf({ retentionMs, payloadRetentionMs }: Pick<Config, 'retentionMs' | 'payloadRetentionMs'>) {
  if (payloadRetentionMs !== null) {
    return {
      maxMs: payloadRetentionMs,
      reason: ', which is how long the server keeps them (RINGBACK_PAYLOAD_RETENTION)',
    }
  }
  if (retentionMs !== null) {
    return { maxMs: retentionMs, reason: ', which is how long the server keeps jobs (RINGBACK_RETENTION)' }
  }
  return { maxMs: RETENTION_MS_MAX, reason: '; without the header they stay for ever' }
}

function durationOf(text: string): number | null {
  try {
    return parseDurationMs(text)
  } catch {
    return null
  }
}
