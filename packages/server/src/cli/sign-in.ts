import { createApiKeys } from '../accounts/api-keys.ts'
import { createSessions } from '../accounts/sessions.ts'
import { EXIT_CODES } from '../lib/errors.ts'
import type { RunCommand } from './command-context.ts'
import { findAccount } from './find-account.ts'
import { signInUrl } from './paths.ts'
import { withStoreThatIsThere } from './with-store.ts'

/** Prints a one-time link that signs a browser in to the dashboard of an account, alone on standard output. */
export const signIn: RunCommand<{ readonly account?: string }> = (context, { account }) =>
  withStoreThatIsThere(context, async (store, { publicUrl }) => {
    const { clock } = context
    const { id } = await findAccount(store, clock, account)
    const sessions = createSessions({ store, apiKeys: createApiKeys({ store, clock }), clock })
    context.print(signInUrl(publicUrl, await sessions.createLink(id)))
    return EXIT_CODES.ok
  })
