import type { ListOrder } from '@ringback/contract'
import { isId } from '../../lib/ids.ts'
import type { ListRange } from '../../store/list-range.ts'
import { invalidRequest } from '../zod-problems.ts'

/** Turns the id of the last row of a page into what the caller sends to get the next one. */
function encodeCursor(lastId: string): string {
  return Buffer.from(lastId).toString('base64url')
}

/**
 * The id that a cursor stands for; undefined when none was sent. The id of a row is a cursor too: whoever has a page can
 * go on from any row of it, in either order.
 * @throws AppError `request.invalid`
 */
function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  if (isId(cursor)) return cursor
  const id = Buffer.from(cursor, 'base64url').toString()
  if (!isId(id)) {
    throw invalidRequest([
      { field: 'cursor', message: 'must be the next_cursor of an earlier page, or the id of a row' },
    ])
  }
  return id
}

/** What a list with a range of time takes, as the contract's schemas give it. */
interface RangeQuery {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly order: ListOrder
  readonly since?: number | undefined
  readonly until?: number | undefined
}

/**
 * The part of a store's filter that all such lists share. It asks for one row more than the page has, for
 * {@link toPage}.
 * @throws AppError `request.invalid`
 */
export function readRange(accountId: string, { limit, cursor, order, since, until }: RangeQuery): ListRange {
  const placeId = readCursor(cursor)
  const oldestFirst = order === 'oldest'
  if (since !== undefined && until !== undefined && since >= until) {
    throw invalidRequest([{ field: 'until', message: 'must be later than since' }])
  }
  return {
    accountId,
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(placeId !== undefined && (oldestFirst ? { afterId: placeId } : { beforeId: placeId })),
    oldestFirst,
    limit: limit + 1,
  }
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
