import { type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely'
import { timeOfId } from '../lib/ids.ts'

/** What every list of an account's rows can be narrowed by. */
export interface ListRange {
  readonly accountId: string
  /** Unix milliseconds of creation, from (inclusive) and until (exclusive). */
  readonly since?: number
  readonly until?: number
  /** Only rows created before this id: the last one of the page before. */
  readonly beforeId?: string
  readonly limit: number
}

/** SQL of whether a row of `table` comes after that of the id, newest first. */
export function isBefore(table: 'jobs' | 'deliveries', beforeId: string): RawBuilder<SqlBool> {
  const place = sql`(${sql.ref(`${table}.created_at`)}, ${sql.ref(`${table}.id`)})`
  const createdAt = sql`(select c.created_at from ${sql.table(table)} c where c.id = ${beforeId})`
  return sql<SqlBool>`${place} < (coalesce(${createdAt}, ${timeOfId(beforeId)}), ${beforeId})`
}

/**
 * Makes a page of a list out of a query: the rows of `table` that are in the range, newest first: by the time of
 * creation, and by id within a millisecond. "Before this id" is a cursor that new rows cannot move: the place of that
 * row, or, should it be gone, the time that its id says.
 */
export function newestFirst<Database, Table extends keyof Database, Row>(
  query: SelectQueryBuilder<Database, Table, Row>,
  table: 'jobs' | 'deliveries',
  { accountId, since, until, beforeId, limit }: ListRange,
): SelectQueryBuilder<Database, Table, Row> {
  const [id, createdAt] = [sql.ref(`${table}.id`), sql.ref(`${table}.created_at`)]
  let page = query.where(sql<SqlBool>`${sql.ref(`${table}.account_id`)} = ${accountId}`)
  if (since !== undefined) page = page.where(sql<SqlBool>`${createdAt} >= ${since}`)
  if (until !== undefined) page = page.where(sql<SqlBool>`${createdAt} < ${until}`)
  if (beforeId !== undefined) page = page.where(isBefore(table, beforeId))
  return page.orderBy(createdAt, 'desc').orderBy(id, 'desc').limit(limit)
}
