import { openStore } from '../app/open-store.ts'
import { parseConfig } from '../config/parse-config.ts'
import type { Config } from '../config.ts'
import type { Store } from '../store/store.ts'
import type { CommandContext } from './command-context.ts'

/**
 * Opens the database of the settings, migrated to this version, for one command, and closes it after. A server may be
 * running on it at the same time.
 * @throws StartError when a setting is wrong or the database cannot be used
 */
export async function withStore<Result>(
  context: CommandContext,
  use: (store: Store, config: Config) => Promise<Result>,
): Promise<Result> {
  const config = parseConfig(context.env)
  const store = await openStore(config, { clock: context.clock, log: context.commandLog('warn') })
  try {
    return await use(store, config)
  } finally {
    await store.close()
  }
}
