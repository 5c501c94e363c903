import { useMemo } from 'react'
import type { DeliveryFilters } from '../../api/deliveries.ts'
import { currentTime } from '../../lib/clock.ts'
import { type DeliverySearch, RANGES } from './search.ts'

/**
 * The filters as the API takes them. A range such as "the last hour" begins when it is chosen: a beginning that moved at
 * each look would make every look another list.
 */
export function useFilters({ range, since, ...rest }: DeliverySearch): DeliveryFilters {
  const begin = useMemo(
    () => since ?? (range === undefined ? undefined : new Date(currentTime() - RANGES[range]).toISOString()),
    [range, since],
  )
  return { ...rest, since: begin }
}
