import { isId } from '../../lib/ids.ts'
import { invalidRequest } from '../zod-problems.ts'

/** Turns the id of the last row of a page into what the caller sends to get the next one. */
function encodeCursor(lastId: string): string {
  return Buffer.from(lastId).toString('base64url')
}

/**
 * The id that a cursor stands for; undefined when none was sent.
 * @throws AppError `request.invalid`
 */
export function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const id = Buffer.from(cursor, 'base64url').toString()
  if (!isId(id)) throw invalidRequest([{ field: 'cursor', message: 'must be the next_cursor of an earlier page' }])
  return id
}

/** Makes a page of at most `limit` rows, from rows that were asked for with `limit + 1`: one more tells of a next page. */
export function toPage<Row extends { readonly id: string }, Shown>(
  rows: readonly Row[],
  limit: number,
  show: (row: Row) => Shown,
): { data: Shown[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { data: shown.map(show), next_cursor: rows.length > limit && last ? encodeCursor(last.id) : null }
}

/** The same for a short list that the store gives whole, newest first. */
export function pageOfAll<Row extends { readonly id: string }, Shown>(
  rows: readonly Row[],
  query: { limit: number; cursor?: string | undefined },
  show: (row: Row) => Shown,
): { data: Shown[]; next_cursor: string | null } {
  const beforeId = readCursor(query.cursor)
  const rest = beforeId === undefined ? rows : rows.filter((row) => row.id < beforeId)
  return toPage(rest, query.limit, show)
}
