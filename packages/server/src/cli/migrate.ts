import { showDatabase } from '../config/database-url.ts'
import { EXIT_CODES } from '../lib/errors.ts'
import type { RunCommand } from './command-context.ts'
import { withStore } from './with-store.ts'

/**
 * Brings the database to this version and ends: what every start does too, for those who want it as a step of its own.
 * @throws StartError when the database cannot be reached or is newer
 */
export const migrate: RunCommand = (context) =>
  withStore(
    context,
    async (store, config) => {
      await store.ping()
      context.print(`the database ${showDatabase(config.database)} is up to date`)
      return EXIT_CODES.ok
    },
    { mayUpgrade: true },
  )
