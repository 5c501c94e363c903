import { EXIT_CODES, StartError } from '../lib/errors.ts'
import { newId } from '../lib/ids.ts'
import type { RunCommand } from './command-context.ts'
import { formatTable, formatTime } from './table.ts'
import { withStore } from './with-store.ts'

/** Names are typed in commands and printed in tables: letters, digits and the marks of host names. */
const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/**
 * Makes an account with nothing in it: no key, and a `default` webhook that is switched off.
 * @throws StartError when the name is taken or not a name
 */
export const createAccount: RunCommand<{ readonly name: string }> = (context, { name }) => {
  if (!NAME_PATTERN.test(name)) {
    const rule = 'write 1 to 64 letters, digits, dots, dashes or underscores, a letter or digit first'
    throw new StartError(EXIT_CODES.usage, [`"${name}" cannot be the name of an account: ${rule}`])
  }
  return withStore(context, async (store) => {
    const id = newId()
    const account = await store.ensureAccount({ id, name, webhookId: newId(), createdAt: context.clock.now() })
    if (account.id !== id) throw new StartError(EXIT_CODES.usage, [`there is an account "${name}" already`])
    context.print(`created the account "${name}"; make a key for it: keys create --account ${name}`)
    return EXIT_CODES.ok
  })
}

/** Prints all accounts. */
export const listAccounts: RunCommand = (context) =>
  withStore(context, async (store) => {
    const rows = (await store.listAccounts()).map((row) => [
      row.id,
      formatTime(row.createdAt),
      row.jobWebhookMode,
      row.name,
    ])
    context.print(formatTable(['id', 'created', 'job webhook', 'name'], rows))
    return EXIT_CODES.ok
  })
