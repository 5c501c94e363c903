import { open, rename, rm } from 'node:fs/promises'
import { backup, DatabaseSync } from 'node:sqlite'

/** All pages in one step: between two, another process may write, and the copy would begin anew, for ever on a busy server. */
const PAGES_MAX = 2 ** 31 - 1

/**
 * Copies a database while others read and write it: what had been committed when the copy began, in one file that needs no
 * other. It appears under its name when it is whole and on the disk.
 * @throws the error of `node:sqlite` or of the file system
 */
export async function backupDatabase(file: string, target: string): Promise<void> {
  const draft = `${target}.part`
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    await rm(draft, { force: true })
    await backup(database, draft, { rate: PAGES_MAX })
    const handle = await open(draft, 'r+')
    await handle.sync()
    await handle.close()
    await rename(draft, target)
  } finally {
    database.close()
    await rm(draft, { force: true })
  }
}
