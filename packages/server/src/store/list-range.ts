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
  /** Only rows created after this id. */
  readonly afterId?: string
  /** Newest first unless this is true. */
  readonly oldestFirst?: boolean
  readonly limit: number
}

type Listed = 'jobs' | 'deliveries'

/** SQL of whether a row of `table` was created before that of the id: comes after it, newest first. */
export function isBefore(table: Listed, id: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${placeOf(table)} < ${placeOfId(table, id)}`
}

function isAfter(table: Listed, id: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${placeOf(table)} > ${placeOfId(table, id)}`
}

function placeOf(table: Listed): RawBuilder<unknown> {
  return sql`(${sql.ref(`${table}.created_at`)}, ${sql.ref(`${table}.id`)})`
}

function placeOfId(table: Listed, id: string): RawBuilder<unknown> {
  const createdAt = sql`(select c.created_at from ${sql.table(table)} c where c.id = ${id})`
  return sql`(coalesce(${createdAt}, ${timeOfId(id)}), ${id})`
}

/**
 * Makes a page of a list out of a query: the rows of `table` that are in the range, by the time of creation, and by id
 * within a millisecond; newest first, or oldest first. "Before this id" and "after this id" are cursors that new rows
 * cannot move: the place of that row, or, should it be gone, the time that its id says.
 */
export function inRange<Database, Table extends keyof Database, Row>(
  query: SelectQueryBuilder<Database, Table, Row>,
  table: Listed,
  { accountId, since, until, beforeId, afterId, oldestFirst = false, limit }: ListRange,
): SelectQueryBuilder<Database, Table, Row> {
  const [id, createdAt] = [sql.ref(`${table}.id`), sql.ref(`${table}.created_at`)]
  let page = query.where(sql<SqlBool>`${sql.ref(`${table}.account_id`)} = ${accountId}`)
  if (since !== undefined) page = page.where(sql<SqlBool>`${createdAt} >= ${since}`)
  if (until !== undefined) page = page.where(sql<SqlBool>`${createdAt} < ${until}`)
  if (beforeId !== undefined) page = page.where(isBefore(table, beforeId))
  if (afterId !== undefined) page = page.where(isAfter(table, afterId))
  const direction = oldestFirst ? 'asc' : 'desc'
  return page.orderBy(createdAt, direction).orderBy(id, direction).limit(limit)
}
