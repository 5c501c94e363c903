import { ALL_SCOPES, type ApiKeyScope } from '@ringback/contract'
import { createApiKeys } from '../accounts/api-keys.ts'
import { readScopes } from '../accounts/scopes.ts'
import { AppError, EXIT_CODES, StartError } from '../lib/errors.ts'
import type { RunCommand } from './command-context.ts'
import { findAccount } from './find-account.ts'
import { formatTable, formatTime } from './table.ts'
import { withStore, withStoreThatIsThere } from './with-store.ts'

interface AccountOption {
  /** Its name; `default` when left out. */
  readonly account?: string
}

interface CreateOptions extends AccountOption {
  readonly name: string
  /** What it may do; everything when left out. */
  readonly scope?: readonly string[]
}

/**
 * Makes an API key and prints it alone on standard output, so that it can be piped.
 * @throws StartError when there is no such scope
 */
export const createKey: RunCommand<CreateOptions> = (context, { account, name, scope = ALL_SCOPES }) => {
  const scopes = knownScopes(scope)
  return withStore(context, async (store) => {
    const { id } = await findAccount(store, context.clock, account)
    const { key } = await createApiKeys({ store, clock: context.clock }).create(id, name, scopes)
    context.print(key)
    return EXIT_CODES.ok
  })
}

function knownScopes(names: readonly string[]): ApiKeyScope[] {
  return names.map((name) => {
    const scope = ALL_SCOPES.find((known) => known === name)
    if (scope) return scope
    throw new StartError(EXIT_CODES.usage, [
      `--scope ${name}: there is no such scope; there are: ${ALL_SCOPES.join(', ')}`,
    ])
  })
}

/** Prints the keys of an account; of each key only its first characters are known. */
export const listKeys: RunCommand<AccountOption> = (context, { account }) =>
  withStoreThatIsThere(context, async (store) => {
    const { id } = await findAccount(store, context.clock, account)
    const keys = await createApiKeys({ store, clock: context.clock }).list(id)
    const rows = keys.map((key) => [
      key.id,
      `${key.prefix}…`,
      formatTime(key.createdAt),
      formatTime(key.revokedAt),
      key.scopes === null ? 'all' : readScopes(key.scopes).join(' '),
      key.name,
    ])
    context.print(formatTable(['id', 'key', 'created', 'revoked', 'scopes', 'name'], rows))
    return EXIT_CODES.ok
  })

/**
 * Ends a key: running servers refuse it within a second.
 * @throws StartError when the account has no such key
 */
export const revokeKey: RunCommand<AccountOption & { readonly id: string }> = (context, { account, id: keyId }) =>
  withStoreThatIsThere(context, async (store) => {
    const { id } = await findAccount(store, context.clock, account)
    try {
      const key = await createApiKeys({ store, clock: context.clock }).revoke(id, keyId)
      context.print(`revoked ${key.id} (${key.name}) at ${formatTime(key.revokedAt)}`)
      return EXIT_CODES.ok
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      throw new StartError(EXIT_CODES.usage, [`the account has no key ${keyId}; see: keys list`], error)
    }
  })
