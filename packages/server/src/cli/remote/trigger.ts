import type { Delivery, TestEventSent } from '@ringback/contract'
import { EXIT_CODES } from '../../lib/errors.ts'
import type { RunCommand } from '../command-context.ts'
import { createServerClient, type ServerOptions } from './server-client.ts'

export interface TriggerOptions extends ServerOptions {
  readonly type: string
  readonly failed?: boolean
  /** Id or name. */
  readonly webhook?: string
  readonly json?: boolean
}

/**
 * Sends a sample of a job type to the webhooks and listeners of the account; exit code 0 when somebody is told.
 * @throws CommandError as {@link createServerClient} and its calls
 */
export const trigger: RunCommand<TriggerOptions> = async ({ env, print }, options) => {
  const { type, failed = false, webhook, json = false } = options
  const client = createServerClient(options, env)
  try {
    const sent = await client.call<TestEventSent>('POST', '/test-events', {
      type,
      status: failed ? 'failed' : 'success',
      ...(webhook !== undefined && { webhook }),
    })
    if (json) print(JSON.stringify(sent))
    else if (sent.deliveries.length === 0) {
      print(`Nobody is told of ${type}: no webhook for it is on, and nobody listens (ringback listen).`)
    } else {
      print(`A ${sent.status === 'failed' ? 'failed ' : ''}${type} was sent as a test:`)
      for (const delivery of sent.deliveries) print(`  ${delivery.id}  ${recipient(delivery)}`)
    }
    return sent.deliveries.length > 0 ? EXIT_CODES.ok : EXIT_CODES.unexpected
  } finally {
    await client.close()
  }
}

/** Where a delivery goes, in words. */
export function recipient({ listener_id, url }: Delivery): string {
  return `${listener_id === null ? 'to' : 'to a listener:'} ${url ?? 'no address'}`
}
