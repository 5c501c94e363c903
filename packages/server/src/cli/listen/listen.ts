import { hostname } from 'node:os'
import { LISTENER_TIMEOUT_MS_MAX, LISTENER_TIMEOUT_MS_MIN, type ListenerOpened } from '@ringback/contract'
import { formatDuration, parseDurationMs } from '../../lib/duration.ts'
import { CommandError, EXIT_CODES, messageOf } from '../../lib/errors.ts'
import type { RunCommand } from '../command-context.ts'
import { createServerClient, type ServerOptions } from '../remote/server-client.ts'
import { createStyle } from '../remote/terminal.ts'
import { createForwarder, readForwardUrl } from './forwarder.ts'
import { createJsonReport, createTextReport } from './report.ts'
import { holdStream } from './session.ts'

export interface ListenOptions extends ServerOptions {
  readonly forward: string
  /** Id or name. */
  readonly webhook?: string
  readonly type?: readonly string[]
  /** How long the local address may take, such as `5m`. */
  readonly timeout?: string
  /** Show bodies. */
  readonly print?: boolean
  /** JSON lines. */
  readonly json?: boolean
}

/** Names of laptops as the API takes them. */
const NAME_LENGTH_MAX = 100

/** @throws CommandError when it is no duration, or none that the server takes */
function readTimeout(text: string): number {
  let timeoutMs: number
  try {
    timeoutMs = parseDurationMs(text)
  } catch (error) {
    throw new CommandError(EXIT_CODES.usage, [`--timeout: ${messageOf(error)}`])
  }
  if (timeoutMs >= LISTENER_TIMEOUT_MS_MIN && timeoutMs <= LISTENER_TIMEOUT_MS_MAX) return timeoutMs
  const range = `${formatDuration(LISTENER_TIMEOUT_MS_MIN)} and ${formatDuration(LISTENER_TIMEOUT_MS_MAX)}`
  throw new CommandError(EXIT_CODES.usage, [`--timeout: ${text} is not between ${range}`])
}

/**
 * Gets the deliveries of the account on this machine, until it is told to stop; then waits for what is under way.
 * @throws CommandError when the key, the server, the address or the webhook is wrong
 */
export const listen: RunCommand<ListenOptions> = async (context, options) => {
  const { clock, random, env, print, isTerminal, stopSignal } = context
  const target = readForwardUrl(options.forward)
  const timeoutMs = options.timeout === undefined ? null : readTimeout(options.timeout)
  const client = createServerClient(options, env)
  const shown = { print, clock, bodies: options.print === true }
  const report = options.json
    ? createJsonReport(shown)
    : createTextReport({ ...shown, style: createStyle({ isTerminal, env }) })

  const bare = new URL(target)
  bare.username = ''
  bare.password = ''
  const open = () =>
    client.call<ListenerOpened>('POST', '/listeners', {
      url: bare.href,
      name:
        hostname()
          .replace(/[^\x20-\x7e]/g, '')
          .slice(0, NAME_LENGTH_MAX) || 'a laptop',
      ...(options.webhook !== undefined && { webhook: options.webhook }),
      ...(options.type !== undefined && { job_types: options.type }),
    })

  try {
    const listener = await open()
    const forwarder = createForwarder(target, { clock, timeoutMs: timeoutMs ?? listener.timeout_ms })
    report.opened(listener, client.server, forwarder.url)
    const reopen = async () => {
      const again = await open()
      if (again.secret !== null) report.opened(again, client.server, forwarder.url)
      return again.id
    }
    let id = listener.id
    try {
      id = await holdStream(id, { client, forwarder, report, timeoutMs, clock, random, stopSignal, reopen })
    } finally {
      forwarder.close()
      // It would go by itself in three minutes; until then it would gather what nobody reads.
      await client.call('DELETE', `/listeners/${id}`).catch(() => {})
    }
    return EXIT_CODES.ok
  } finally {
    await client.close()
  }
}
