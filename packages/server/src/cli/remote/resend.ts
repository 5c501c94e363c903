import type { Resend } from '@ringback/contract'
import { EXIT_CODES } from '../../lib/errors.ts'
import type { RunCommand } from '../command-context.ts'
import { createServerClient, type ServerOptions } from './server-client.ts'
import { recipient } from './trigger.ts'

export interface ResendOptions extends ServerOptions {
  readonly delivery: string
  readonly json?: boolean
}

/**
 * Makes one attempt of a delivery now, to where it went before.
 * @throws CommandError as {@link createServerClient} and its calls
 */
export const resend: RunCommand<ResendOptions> = async ({ env, print }, options) => {
  const client = createServerClient(options, env)
  try {
    const path = `/deliveries/${encodeURIComponent(options.delivery)}/resend`
    const answer = await client.call<Resend>('POST', path)
    if (options.json) print(JSON.stringify(answer))
    else print(`${answer.delivery.id} is sent again ${recipient(answer.delivery)}\n${answer.message}`)
    return EXIT_CODES.ok
  } finally {
    await client.close()
  }
}
