import { DEFAULT_ACCOUNT } from '../app/accounts.ts'
import type { Clock } from '../lib/clock.ts'
import { EXIT_CODES, StartError } from '../lib/errors.ts'
import { newId } from '../lib/ids.ts'
import type { AccountRow } from '../store/accounts.ts'
import type { Store } from '../store/store.ts'

/**
 * Gives the account of this name, `default` when none is given; that one is made when it is missing, so that keys can
 * be made before the first start.
 * @throws StartError when there is no such account; it names those there are
 */
export async function findAccount(store: Store, clock: Clock, name = DEFAULT_ACCOUNT): Promise<AccountRow> {
  if (name === DEFAULT_ACCOUNT) {
    return store.ensureAccount({ id: newId(), name, webhookId: newId(), createdAt: clock.now() })
  }
  const accounts = await store.listAccounts()
  const account = accounts.find((row) => row.name === name)
  if (account) return account
  const names = accounts.map((row) => row.name).join(', ') || 'none yet'
  throw new StartError(EXIT_CODES.usage, [`there is no account "${name}"; there are: ${names}`])
}
