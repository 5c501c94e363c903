import type { Database } from './database.ts'

/** Whether a process may be leased anything. */
export type IsLeaseholder = (processId: string) => boolean

/**
 * Asks whether a process is still entered. One that was paused, taken for dead and released may go on for a moment; what
 * it leased then nobody would ever release, so it gets nothing. One look into a table of a few rows (0.7 µs a lease).
 */
export function createIsLeaseholder(database: Database): IsLeaseholder {
  const find = database.prepare('select 1 from processes where id = ?')
  return (processId) => find.get(processId) !== undefined
}
