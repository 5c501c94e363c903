import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Config } from '../config.ts'
import type { Clock } from '../lib/clock.ts'
import { EXIT_CODES, messageOf, StartError } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'
import type { StoreThread } from '../store/sqlite/thread.ts'
import type { Store } from '../store/store.ts'
import { parseMasterKey } from '../webhooks/master-key.ts'
import { createVault, type Vault } from '../webhooks/secret-vault.ts'
import { masterKeyFile, readOrCreateMasterKey } from './master-key-file.ts'

/**
 * Opens the database that the settings name, migrated to this version. Each engine is loaded only when it is used.
 * @param mayUpgrade false: an empty database gets its schema, and an older one is left as it is
 * @throws StartError when it cannot be reached, is newer, or is older and may not be upgraded
 */
export async function openStore(
  config: Config,
  {
    clock,
    log,
    thread,
    mayUpgrade = true,
  }: { clock: Clock; log: Log; thread?: StoreThread | null | undefined; mayUpgrade?: boolean },
): Promise<Store> {
  if (config.database.engine === 'sqlite') {
    const { openSqliteStore } = await import('../store/sqlite/sqlite.ts')
    return await openSqliteStore({ file: config.database.file, clock, thread, mayUpgrade })
  }
  const { openPostgresStore } = await import('../store/postgres/postgres.ts')
  return await openPostgresStore({ url: config.database.url, clock, log, mayUpgrade })
}

/** Name of the check value that tells whether this is the master key the secrets were sealed with. */
const CHECK_VALUE_NAME = 'master_key_check'

/**
 * Opens the vault with the master key of the settings, or of the file beside the database.
 * @throws StartError when the key is malformed or not the one that the stored secrets were sealed with
 */
export async function openVault(config: Config, store: Store): Promise<Vault> {
  const fromFile = config.masterKey === null && config.database.engine === 'sqlite'
  const file = config.database.engine === 'sqlite' ? masterKeyFile(config.database.file) : ''
  const source = fromFile ? `the file ${file}` : 'RINGBACK_MASTER_KEY'
  const isMissing = fromFile && !existsSync(file)
  const text = config.masterKey ?? (await readOrCreateMasterKey(file))
  const vault = createVault(parseKey(text, source))
  if (vault.verifyCheckValue(await store.ensureMeta(CHECK_VALUE_NAME, vault.checkValue()))) return vault
  if (isMissing) {
    // The one that was made now is of no use, and would take the place of the right one in the next backup.
    await rm(file, { force: true })
    throw new StartError(EXIT_CODES.config, [
      `there is no master key file ${file}, and the secrets of this database were sealed with one. Put back the file that ` +
        'was beside the database, or set RINGBACK_MASTER_KEY. docs/operating.md says what to do when it is lost.',
    ])
  }
  throw new StartError(EXIT_CODES.config, [
    `the master key in ${source} is not the one this database was used with: its secrets cannot be read with it. ` +
      'Give the first one back (it was either set in RINGBACK_MASTER_KEY or kept in a file beside the database).',
  ])
}

function parseKey(text: string, source: string): Buffer {
  try {
    return parseMasterKey(text)
  } catch (error) {
    throw new StartError(EXIT_CODES.config, [`${source}: ${messageOf(error)}`])
  }
}
