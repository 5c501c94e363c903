/** What the newest page says about the rows that are shown. */
export interface LiveRows<Row> {
  /** The same rows in the same places, each as it is now. */
  readonly rows: readonly Row[]
  /** How many have come since; shown on a button, so that nothing moves under the cursor. */
  readonly newCount: number
  /** There are more than that: the whole newest page is new. */
  readonly isMore: boolean
}

/**
 * Ids are made in the order of time, so a greater one is newer. A row that is not shown and newer than the oldest that is
 * has come since: it is new, or what it is filtered by has become true of it. `isWhole`: nothing is below the rows shown.
 */
export function mergeNewest<Row extends { readonly id: string }>(
  shown: readonly Row[],
  newest: readonly Row[],
  /** Rows further down as they are now. */
  older: readonly Row[] = [],
  isWhole = false,
): LiveRows<Row> {
  const byId = new Map([...older, ...newest].map((row) => [row.id, row]))
  const known = new Set(shown.map(({ id }) => id))
  const oldest = (isWhole ? undefined : shown.at(-1)?.id) ?? ''
  const newCount = newest.filter(({ id }) => !known.has(id) && id > oldest).length
  return {
    rows: shown.map((row) => byId.get(row.id) ?? row),
    newCount,
    isMore: newCount > 0 && newCount === newest.length && shown.length > 0,
  }
}
