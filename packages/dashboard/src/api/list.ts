import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { mergeNewest } from '../lib/live-rows.ts'
import { type Query, request } from './client.ts'
import { queryClient } from './query-client.ts'

/** Rows of one page; few enough that the first is there at once. */
const PAGE_LIMIT = 50

/** How often a list and an open detail are looked at again. */
export const LIVE_INTERVAL_MS = 3_000

interface ListPage<Row> {
  readonly data: readonly Row[]
  readonly next_cursor: string | null
}

/** A list of the API that goes on while it is looked at, newest first. */
export interface List {
  /** Begins its path and its query keys: `deliveries`. */
  readonly name: string
  readonly filters: Query
}

const getPage = <Row>({ name, filters }: List, cursor: string | null, signal: AbortSignal) =>
  request<ListPage<Row>>('GET', `/${name}`, {
    query: { ...filters, limit: PAGE_LIMIT, ...(cursor !== null && { cursor }) },
    signal,
  })

/** Page after page. Not asked for again by itself: rows must not move while they are read. */
const pagesQuery = <Row>(list: List) =>
  infiniteQueryOptions({
    queryKey: [list.name, 'list', list.filters],
    queryFn: ({ pageParam, signal }) => getPage<Row>(list, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
    // Whoever comes back to the list sees it as it is then.
    gcTime: 0,
  })

/** The newest page as it is now: what has come since, and what has become of the rows that are shown. */
const newestQuery = <Row>(list: List, live: boolean) =>
  queryOptions({
    queryKey: [list.name, 'newest', list.filters],
    queryFn: ({ signal }) => getPage<Row>(list, null, signal),
    refetchInterval: live ? LIVE_INTERVAL_MS : false,
    enabled: live,
  })

/** Follows a list: its rows stay where they are, and what is new is counted until somebody asks to see it. */
export function useLiveList<Row extends { readonly id: string }>(list: List, isLive: boolean) {
  const pages = useInfiniteQuery(pagesQuery<Row>(list))
  const newest = useQuery(newestQuery<Row>(list, isLive && pages.isSuccess))
  const shown = pages.data?.pages.flatMap(({ data }) => data) ?? []
  return {
    pages,
    ...mergeNewest(shown, newest.data?.data ?? []),
    showNew: () => void queryClient.resetQueries({ queryKey: [list.name, 'list'] }),
  }
}
