import { type ApiKeys, createApiKeys } from '../accounts/api-keys.ts'
import { createSessions, type Sessions } from '../accounts/sessions.ts'
import type { Config } from '../config.ts'
import type { Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { AccountRow } from '../store/accounts.ts'
import type { Store } from '../store/store.ts'

/** The account of a fresh install. */
export const DEFAULT_ACCOUNT = 'default'

/** Who may use the server. */
export interface Accounts {
  readonly defaultAccount: AccountRow
  readonly apiKeys: ApiKeys
  readonly sessions: Sessions
  /** Makes the first key of the default account; null when the settings give it, or it has one already. */
  makeFirstKey(): Promise<string | null>
}

/** Makes the default account, and its key when the settings give one, unless they are there. */
export async function openAccounts(
  { apiKey }: Pick<Config, 'apiKey'>,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<Accounts> {
  const defaultAccount = await store.ensureAccount({
    id: newId(),
    name: DEFAULT_ACCOUNT,
    webhookId: newId(),
    createdAt: clock.now(),
  })
  const apiKeys = createApiKeys({ store, clock })
  if (apiKey !== null) await apiKeys.ensure(defaultAccount.id, 'RINGBACK_API_KEY', apiKey)
  return {
    defaultAccount,
    apiKeys,
    sessions: createSessions({ store, apiKeys, clock }),
    async makeFirstKey() {
      if (apiKey !== null || (await apiKeys.list(defaultAccount.id)).length > 0) return null
      return (await apiKeys.create(defaultAccount.id, 'first key')).key
    },
  }
}
