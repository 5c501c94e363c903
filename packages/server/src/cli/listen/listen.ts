import { hostname } from 'node:os'
import type { ListenerOpened } from '@ringback/contract'
import { EXIT_CODES } from '../../lib/errors.ts'
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
  /** Show bodies. */
  readonly print?: boolean
  /** JSON lines. */
  readonly json?: boolean
}

/** Names of laptops as the API takes them. */
const NAME_LENGTH_MAX = 100

/**
 * Gets the deliveries of the account on this machine, until it is told to stop; then waits for what is under way.
 * @throws CommandError when the key, the server, the address or the webhook is wrong
 */
export const listen: RunCommand<ListenOptions> = async (context, options) => {
  const { clock, random, env, print, isTerminal, stopSignal } = context
  const target = readForwardUrl(options.forward)
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
    const forwarder = createForwarder(target, { clock, timeoutMs: listener.timeout_ms })
    report.opened(listener, client.server, forwarder.url)
    const reopen = async () => {
      const again = await open()
      if (again.secret !== null) report.opened(again, client.server, forwarder.url)
      return again.id
    }
    let id = listener.id
    try {
      id = await holdStream(id, { client, forwarder, report, clock, random, stopSignal, reopen })
    } finally {
      await forwarder.close()
      // It would go by itself in three minutes; until then it would gather what nobody reads.
      await client.call('DELETE', `/listeners/${id}`).catch(() => {})
    }
    return EXIT_CODES.ok
  } finally {
    await client.close()
  }
}
