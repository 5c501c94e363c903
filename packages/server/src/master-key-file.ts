import { chmod, readFile, writeFile } from 'node:fs/promises'
import { EXIT_CODES, messageOf, StartError } from './lib/errors.ts'
import { generateMasterKey } from './webhooks/master-key.ts'

/** Only the owner may read it. */
const FILE_MODE = 0o600

/** Where the key of an embedded database is kept: beside it, so that who copies the folder has a working copy. */
export function masterKeyFile(databaseFile: string): string {
  return `${databaseFile}.key`
}

/**
 * Reads the master key from its file, or makes one there. Twenty processes that start at once agree: the file is made
 * by exactly one of them (`wx`).
 * @throws StartError when the file cannot be read or written
 */
export async function readOrCreateMasterKey(file: string): Promise<string> {
  try {
    await writeFile(file, `${generateMasterKey()}\n`, { flag: 'wx', mode: FILE_MODE })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(file, error)
  }
  try {
    await chmod(file, FILE_MODE)
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    throw unusable(file, error)
  }
}

function unusable(file: string, error: unknown): StartError {
  return new StartError(EXIT_CODES.config, [
    `the master key file ${file} cannot be used: ${messageOf(error)}; set RINGBACK_MASTER_KEY instead`,
  ])
}
