import { existsSync } from 'node:fs'
import { copyFile, rm } from 'node:fs/promises'
import { masterKeyFile } from '../app/master-key-file.ts'
import { showDatabase } from '../config/database-url.ts'
import { parseConfig } from '../config/parse-config.ts'
import { CommandError, EXIT_CODES, messageOf } from '../lib/errors.ts'
import { backupDatabase } from '../store/sqlite/backup.ts'
import type { RunCommand } from './command-context.ts'

/**
 * Writes a copy of the embedded database to a new file, also while a server runs on it, and the master key file beside it
 * where there is one. The database is left as it is, of whatever version.
 * @throws StartError when the database is none of ours to copy, or the file is there or cannot be written
 */
export const backup: RunCommand<{ readonly file: string }> = async (context, { file }) => {
  const config = parseConfig(context.env)
  const { database } = config
  if (database.engine !== 'sqlite') {
    throw new CommandError(EXIT_CODES.usage, [
      `${showDatabase(database)} is PostgreSQL: back it up with pg_dump or its own means, and keep RINGBACK_MASTER_KEY`,
    ])
  }
  if (!existsSync(database.file)) {
    throw new CommandError(EXIT_CODES.unavailable, [
      `there is no database ${showDatabase(database)}; give this command the RINGBACK_DATABASE_URL of the server`,
    ])
  }
  const keyFile = config.masterKey === null ? masterKeyFile(database.file) : null
  const hasKeyFile = keyFile !== null && existsSync(keyFile)
  const targets = hasKeyFile ? [file, masterKeyFile(file)] : [file]
  const taken = targets.filter((target) => existsSync(target))
  if (taken.length > 0) {
    throw new CommandError(
      EXIT_CODES.usage,
      taken.map((target) => `${target} is there already; a backup overwrites nothing`),
    )
  }
  try {
    // The key first: a copy of the database is then never without it.
    if (hasKeyFile) await copyFile(keyFile, masterKeyFile(file))
    await backupDatabase(database.file, file)
  } catch (error) {
    if (hasKeyFile) await rm(masterKeyFile(file), { force: true })
    throw new CommandError(EXIT_CODES.unavailable, [`the backup ${file} cannot be written: ${messageOf(error)}`], error)
  }
  context.print(`${showDatabase(database)} is in ${file}`)
  context.print(
    hasKeyFile ? `its master key is in ${masterKeyFile(file)}` : 'its master key is RINGBACK_MASTER_KEY: keep that too',
  )
  return EXIT_CODES.ok
}
