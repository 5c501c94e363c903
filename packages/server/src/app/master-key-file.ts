import { constants } from 'node:fs'
import { chmod, copyFile, link, open, readFile, rm } from 'node:fs/promises'
import { EXIT_CODES, messageOf, StartError } from '../lib/errors.ts'
import { newId } from '../lib/ids.ts'
import { generateMasterKey } from '../webhooks/master-key.ts'

/** Only the owner may read it. */
const FILE_MODE = 0o600

/** Where the key of an embedded database is kept: beside it, so that who copies the folder has a working copy. */
export function masterKeyFile(databaseFile: string): string {
  return `${databaseFile}.key`
}

/**
 * Reads the master key from its file, or makes one there. The file appears with its whole content or not at all, and
 * only once: of twenty processes that start at once all get the same key, and one that is killed meanwhile leaves no
 * half of a key behind.
 * @throws StartError when the file cannot be read or written
 */
export async function readOrCreateMasterKey(file: string): Promise<string> {
  try {
    const existing = await readKey(file)
    if (existing !== null) return existing
    await createOnce(file, `${generateMasterKey()}\n`)
    return (await readKey(file)) ?? ''
  } catch (error) {
    throw unusable(file, error)
  }
}

async function readKey(file: string): Promise<string | null> {
  try {
    await chmod(file, FILE_MODE)
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Writes the text to a file of its own, to the disk, and gives it the name only if nobody else has that name by then. */
async function createOnce(file: string, text: string): Promise<void> {
  const draft = `${file}.${newId()}`
  try {
    const handle = await open(draft, 'wx', FILE_MODE)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return
      // A file system without links (exFAT, some network drives): nearly as good.
      return copyFile(draft, file, constants.COPYFILE_EXCL)
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
}

function unusable(file: string, error: unknown): StartError {
  return new StartError(EXIT_CODES.config, [
    `the master key file ${file} cannot be used: ${messageOf(error)}; set RINGBACK_MASTER_KEY instead`,
  ])
}
