import { EXIT_CODES, StartError } from '../lib/errors.ts'
import { newId } from '../lib/ids.ts'
import type { RunCommand } from './command-context.ts'
import { findAccount } from './find-account.ts'
import { formatTable, formatTime } from './table.ts'
import { withStore, withStoreThatIsThere } from './with-store.ts'

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

/** What an account's limit can be, like the setting `RINGBACK_REQUESTS_PER_MINUTE`. */
const LIMIT_PATTERN = /^[1-9]\d{0,6}$|^10000000$/

/**
 * Gives an account its own rate limit, or with `default` that of the server again. Running servers know it within a
 * second. Only here and not in the API: an account must not raise its own limit.
 * @throws StartError when there is no such account, or the limit is none
 */
export const limitAccount: RunCommand<{ readonly name: string; readonly requests: string }> = (
  context,
  { name, requests },
) => {
  if (requests !== 'default' && !LIMIT_PATTERN.test(requests)) {
    const rule = 'write a whole number from 1 to 10000000, or default'
    throw new StartError(EXIT_CODES.usage, [`"${requests}" cannot be a limit of requests in a minute: ${rule}`])
  }
  return withStoreThatIsThere(context, async (store) => {
    const { id } = await findAccount(store, context.clock, name)
    const requestsPerMinute = requests === 'default' ? null : Number(requests)
    await store.updateAccount(id, { requestsPerMinute })
    const limit =
      requestsPerMinute === null ? 'as many requests as RINGBACK_REQUESTS_PER_MINUTE says' : `${requests} requests`
    context.print(`the account "${name}" may make ${limit} in a minute`)
    return EXIT_CODES.ok
  })
}

/** Prints all accounts. */
export const listAccounts: RunCommand = (context) =>
  withStoreThatIsThere(context, async (store) => {
    const rows = (await store.listAccounts()).map((row) => [
      row.id,
      formatTime(row.createdAt),
      row.jobWebhookMode,
      row.requestsPerMinute === null ? 'default' : String(row.requestsPerMinute),
      row.name,
    ])
    context.print(formatTable(['id', 'created', 'job webhook', 'requests a minute', 'name'], rows))
    return EXIT_CODES.ok
  })
