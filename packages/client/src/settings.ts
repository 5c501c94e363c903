import { systemRandom } from './lib/chance.ts'
import { systemClock } from './lib/clock.ts'
import { createSend, type Send } from './transport.ts'
import type { CallOptions, ClientOptions } from './types.ts'

/** Tries after the first, unless told otherwise: with the pauses between them they outlast the restart of a server. */
const RETRIES_DEFAULT = 3
const RETRIES_MAX = 10

/** One try of a request without files, in milliseconds: answers come in a fraction of it, on any line. */
const TIMEOUT_MS_DEFAULT = 60_000

/** One try with files, in milliseconds: 100 MB at 1.5 Mbit/s. */
const TIMEOUT_MS_FILES = 600_000

/** The longest time in milliseconds that timers know; a longer one would be over at once. */
export const TIMER_MS_MAX = 2 ** 31 - 1

/** Servers that do not know `Idempotency-Key`. */
const WITHOUT_IDEMPOTENCY = /(^|\.)sharpapi\.com$/i

/** The options of a client, checked and complete. */
export interface Settings {
  /** Ends with `/api/v1`. */
  readonly base: string
  readonly origin: string
  readonly idempotent: boolean
  readonly clock: NonNullable<ClientOptions['clock']>
  readonly send: Send
  /** The limit of one try of a call. */
  timeoutOf(options: CallOptions, hasFiles?: boolean): number
}

/** @throws TypeError or RangeError that names the option and what is wrong with it */
export function settingsOf(options: ClientOptions): Settings {
  const { apiKey, retries = RETRIES_DEFAULT, timeoutMs, clock = systemClock, random = systemRandom } = options
  const url = baseOf(options.baseUrl)
  // Never quoted, and checked here: an error of fetch would quote it.
  if (typeof apiKey !== 'string' || !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new TypeError('apiKey: must be the key of your account, without spaces or line breaks; is its setting empty?')
  }
  if (!Number.isInteger(retries) || retries < 0 || retries > RETRIES_MAX) {
    throw new RangeError(`retries: must be a whole number from 0 to ${RETRIES_MAX}, not ${retries}`)
  }
  if (timeoutMs !== undefined) checkMs('timeoutMs', timeoutMs)
  const fetch = options.fetch ?? globalThis.fetch
  return {
    base: `${url.origin}${url.pathname}`,
    origin: url.origin,
    idempotent: options.idempotent ?? !WITHOUT_IDEMPOTENCY.test(url.hostname),
    clock,
    // Not a method of the options: some implementations of fetch refuse to be called as one.
    send: createSend({ apiKey, fetch: (...call) => fetch(...call), retries, random, clock }),
    timeoutOf(call, hasFiles = false) {
      if (call.timeoutMs !== undefined) return checkMs('timeoutMs', call.timeoutMs)
      return timeoutMs ?? (hasFiles ? TIMEOUT_MS_FILES : TIMEOUT_MS_DEFAULT)
    },
  }
}

/** @throws RangeError when it is not 1 to the longest that timers know */
export function checkMs(name: string, ms: number): number {
  if (Number.isFinite(ms) && ms >= 1 && ms <= TIMER_MS_MAX) return ms
  throw new RangeError(`${name}: must be milliseconds from 1 to ${TIMER_MS_MAX}, not ${ms}`)
}

function baseOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new TypeError('baseUrl: must be the http or https address of the server, such as http://localhost:4400')
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new TypeError('baseUrl: must have no user, password, query or fragment; the key is the option apiKey')
  }
  const path = url.pathname.replace(/\/+$/, '')
  url.pathname = path.endsWith('/api/v1') ? path : `${path}/api/v1`
  return url
}
