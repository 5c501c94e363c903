import type { Overview, OverviewRange } from '@ringback/contract'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { request } from './client.ts'

/** How often an overview is asked for again: about as often as its last step can look different. */
const INTERVALS_MS: Readonly<Record<OverviewRange, number>> = {
  '1h': 5_000,
  '24h': 15_000,
  '7d': 60_000,
  '30d': 60_000,
}

/** How the account has been doing; the range before stays on the page until the next one is there. */
export const overviewQuery = (range: OverviewRange) =>
  queryOptions({
    queryKey: ['overview', range],
    queryFn: ({ signal }) => request<Overview>('GET', '/overview', { query: { range }, signal }),
    refetchInterval: INTERVALS_MS[range],
    placeholderData: keepPreviousData,
  })
