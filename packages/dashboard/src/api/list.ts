import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query'
import { mergeNewest } from '../lib/live-rows.ts'
import { type Query, request } from './client.ts'
import { queryClient } from './query-client.ts'

/** Rows of one page; few enough that the first is there at once. */
const PAGE_LIMIT = 50

/** How often a list and an open detail are looked at again. */
export const LIVE_INTERVAL_MS = 3_000

/** How often a page below the first is looked at again, while a row of it can change by itself. */
const OLDER_INTERVAL_MS = 10_000

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

/** Rows of one page where all pages are wanted: the most that the API gives. */
const WHOLE_PAGE_LIMIT = 100

/** All rows of a list that is short enough to be asked for whole, page after page. */
export async function requestAll<Row>(path: string, signal: AbortSignal): Promise<Row[]> {
  const rows: Row[] = []
  let cursor: string | undefined
  do {
    const query = { limit: WHOLE_PAGE_LIMIT, cursor }
    const page: ListPage<Row> = await request<ListPage<Row>>('GET', path, { query, signal })
    rows.push(...page.data)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return rows
}

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

/** A page below the first, as it is now; nothing is asked of it while all its rows have ended. */
const olderQuery = <Row extends Ending>(list: List, cursor: string | null, page: ListPage<Row>, live: boolean) =>
  queryOptions({
    queryKey: [list.name, 'older', list.filters, cursor],
    queryFn: ({ signal }) => getPage<Row>(list, cursor, signal),
    initialData: page,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchInterval: ({ state: { data } }) =>
      live && data?.data.some(({ finished_at }) => finished_at === null) ? OLDER_INTERVAL_MS : false,
    enabled: live,
  })

/** A row that changes by itself until it has ended. */
interface Ending {
  readonly finished_at: string | null
}

/** Follows a list: its rows stay where they are, and what is new is counted until somebody asks to see it. */
export function useLiveList<Row extends Ending & { readonly id: string }>(list: List, isLive: boolean) {
  const pages = useInfiniteQuery(pagesQuery<Row>(list))
  const newest = useQuery(newestQuery<Row>(list, isLive && pages.isSuccess))
  const all = pages.data?.pages ?? []
  const older = useQueries({
    queries: all.slice(1).map((page, index) => olderQuery(list, all[index]?.next_cursor ?? null, page, isLive)),
    combine: (results) => results.flatMap(({ data }) => data.data),
  })
  const shown = pages.data?.pages.flatMap(({ data }) => data) ?? []
  return {
    pages,
    /** Why the rows are not as they are now. */
    staleError: isLive ? newest.error : null,
    ...mergeNewest(shown, newest.data?.data ?? [], older, pages.isSuccess && !pages.hasNextPage),
    showNew: () => void queryClient.resetQueries({ queryKey: [list.name, 'list'] }),
  }
}
