import type { IncomingMessage } from 'node:http'
import { newId } from '../lib/ids.ts'

/** Letters, digits and a little more: nothing that could break a log line or a header. */
const ACCEPTED_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** What names a request in answers and in the log: the caller's `X-Request-Id` if it is harmless, else a new id. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && ACCEPTED_ID.test(given) ? given : newId()
}
