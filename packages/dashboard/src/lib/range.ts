import { useMemo } from 'react'
import { z } from 'zod'
import { currentTime } from './clock.ts'

/** How far back a list looks; the API is asked from that time on. */
export const RANGES = { '1h': 3_600_000, '24h': 86_400_000, '7d': 7 * 86_400_000, '30d': 30 * 86_400_000 } as const
export type Range = keyof typeof RANGES

const RANGE_LABELS: Readonly<Record<Range, string>> = {
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
}

/** The same, as options of a select. */
export const RANGE_OPTIONS = Object.entries(RANGE_LABELS) as [Range, string][]

export const rangeSchema = z
  .enum(Object.keys(RANGES) as [Range, ...Range[]])
  .optional()
  .catch(undefined)

/** A time in the address, exact. */
export const momentSearchSchema = z.iso.datetime({ offset: true }).optional().catch(undefined)

interface TimeSearch {
  readonly range?: Range | undefined
  readonly since?: string | undefined
}

/**
 * The filters as the API takes them. A range such as "the last hour" begins when it is chosen: a beginning that moved at
 * each look would make every look another list.
 */
export function useFilters<Search extends TimeSearch>({ range, since, ...rest }: Search) {
  const begin = useMemo(
    () => since ?? (range === undefined ? undefined : new Date(currentTime() - RANGES[range]).toISOString()),
    [range, since],
  )
  return { ...rest, since: begin }
}

/** Whether anything is filtered. */
export function isFiltered(search: object): boolean {
  return Object.values(search).some((value) => value !== undefined)
}
