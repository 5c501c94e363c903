import { type SelectQueryBuilder, type SqlBool, sql } from 'kysely'

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

/**
 * Makes a page of a list out of a query: the rows of `table` that are in the range, newest first. Ids are UUIDv7, so the
 * order of ids is the order of creation, and "before this id" is a cursor that new rows cannot move.
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
  if (beforeId !== undefined) page = page.where(sql<SqlBool>`${id} < ${beforeId}`)
  return page.orderBy(id, 'desc').limit(limit)
}
