import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The top folder of the repository, with a slash at the end. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * The files that belong to the repository as they are in the working tree: what git tracks and what it would add, less
 * what is ignored or deleted. Paths are relative to the top folder.
 */
export function repositoryFiles(): string[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root })
  const files = new Set(list.toString('utf8').split('\0').filter(Boolean))
  return [...files].filter((file) => existsSync(join(root, file))).sort()
}
