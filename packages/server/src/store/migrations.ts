import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { EXIT_CODES, StartError } from '../lib/errors.ts'

/** One numbered SQL file: a step of the schema that never changes once it was released. */
export interface Migration {
  /** 1 for the first, each once; work that was done side by side may leave gaps. */
  readonly version: number
  /** File name without the ending: `0001_initial`. */
  readonly name: string
  readonly sql: string
  /** SHA-256 of the text with Unix line ends, lower-case hex. */
  readonly hash: string
}

/** A row of `schema_migrations`, less the time. */
export interface AppliedMigration {
  readonly version: number
  readonly name: string
  readonly hash: string
}

const FILE_PATTERN = /^(\d{4})_[a-z0-9_]+\.sql$/

/**
 * Reads the migrations of one engine in order. `folder` ends with a slash: `new URL('./migrations/', import.meta.url)`.
 * @throws Error when a file name has another form or a number is double: a mistake of ours, found by any test
 */
export function readMigrations(folder: URL): Migration[] {
  const migrations = readdirSync(folder)
    .sort()
    .map((file) => {
      const match = FILE_PATTERN.exec(file)
      if (!match) throw new Error(`${file} is not named like a migration (0001_initial.sql)`)
      const sql = readFileSync(new URL(file, folder), 'utf8')
      return { version: Number(match[1]), name: file.slice(0, -'.sql'.length), sql, hash: hashOf(sql) }
    })
  for (const [index, { version, name }] of migrations.entries()) {
    if (version === migrations[index - 1]?.version) throw new Error(`migration ${name} has a number that is taken`)
  }
  return migrations
}

/** A checkout on Windows may turn line ends around; that is no change. */
function hashOf(sql: string): string {
  return createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex')
}

/**
 * Gives the migrations that are still to be applied, in order. `applied` is what `schema_migrations` says.
 * @param mayUpgrade false: only a database without any schema gets one
 * @throws StartError `newerDatabase` when the database has steps this program does not know: writing to a schema that
 *   it does not understand could lose work
 * @throws StartError `olderDatabase` when it lacks steps and may not be upgraded
 * @throws StartError `unexpected` when a step was changed after it was released, so that nobody knows what the schema is
 */
export function planMigrations(
  known: readonly Migration[],
  applied: readonly AppliedMigration[],
  mayUpgrade = true,
): Migration[] {
  const knownByVersion = new Map(known.map((migration) => [migration.version, migration]))
  const unknown = applied.filter(({ version }) => !knownByVersion.has(version))
  if (unknown.length > 0) {
    const names = unknown.map(({ name }) => name).join(', ')
    throw new StartError(EXIT_CODES.newerDatabase, [
      `The database was written by a newer Ringback: it has ${names}, which this program does not know. ` +
        'Start the newer version, or restore the backup from before the upgrade.',
    ])
  }
  const changed = applied.filter(({ version, hash }) => knownByVersion.get(version)?.hash !== hash)
  if (changed.length > 0) {
    throw new StartError(
      EXIT_CODES.unexpected,
      changed.map(
        ({ name }) =>
          `Migration ${name} is not the one that was applied to this database: ` +
          'released migrations must never change. Use the program files as they were released.',
      ),
    )
  }
  const appliedVersions = new Set(applied.map(({ version }) => version))
  const missing = known.filter(({ version }) => !appliedVersions.has(version))
  if (mayUpgrade || applied.length === 0 || missing.length === 0) return missing
  throw new StartError(EXIT_CODES.olderDatabase, [
    `The database is older than this program: it lacks ${missing.map(({ name }) => name).join(', ')}. The next start of ` +
      'serve, or migrate, brings it to this version; older versions cannot use it then, so make a backup first.',
  ])
}
