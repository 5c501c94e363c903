import { existsSync } from 'node:fs'
import { openStore } from '../app/open-store.ts'
import { showDatabase } from '../config/database-url.ts'
import { parseConfig } from '../config/parse-config.ts'
import type { Config } from '../config.ts'
import { CommandError, EXIT_CODES } from '../lib/errors.ts'
import type { Store } from '../store/store.ts'
import type { CommandContext } from './command-context.ts'

/**
 * Opens the database of the settings for one command, and closes it after. A server may be running on it at the same time,
 * perhaps of the version before: only the command that is for it brings an older database to this one.
 * @throws StartError when a setting is wrong or the database cannot be used
 */
export async function withStore<Result>(
  context: CommandContext,
  use: (store: Store, config: Config) => Promise<Result>,
  { mayUpgrade = false } = {},
): Promise<Result> {
  const config = parseConfig(context.env)
  const store = await openStore(config, { clock: context.clock, log: context.commandLog('warn'), mayUpgrade })
  try {
    return await use(store, config)
  } finally {
    await store.close()
  }
}

/**
 * The same for commands that look for something, and not in a database that they would have to make: a link or a list from an
 * empty one, beside that of the server, helps nobody.
 * @throws StartError also when the embedded database is not there
 */
export function withStoreThatIsThere<Result>(
  context: CommandContext,
  use: (store: Store, config: Config) => Promise<Result>,
): Promise<Result> {
  const { database } = parseConfig(context.env)
  if (database.engine === 'sqlite' && !existsSync(database.file)) {
    throw new CommandError(EXIT_CODES.unavailable, [
      `there is no database ${showDatabase(database)}; give this command the RINGBACK_DATABASE_URL of the server`,
    ])
  }
  return withStore(context, use)
}
