import type { Delivery, DeliveryDetail, FailedList, RecoveryResult, Resend } from '@ringback/contract'
import { infiniteQueryOptions, queryOptions, useMutation } from '@tanstack/react-query'
import { request } from './client.ts'
import { queryClient } from './query-client.ts'

/** Rows of one page; few enough that the first is there at once. */
const PAGE_LIMIT = 50

/** How often the list and an open delivery are looked at again. */
const LIVE_INTERVAL_MS = 3_000

/** Filters of the list, as the API takes them. */
export interface DeliveryFilters {
  readonly status?: string | undefined
  readonly webhook?: string | undefined
  readonly type?: string | undefined
  readonly cause?: string | undefined
  readonly trigger?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly job_id?: string | undefined
}

export interface DeliveryPage {
  readonly data: readonly Delivery[]
  readonly next_cursor: string | null
}

const getPage = (filters: DeliveryFilters, cursor: string | null, signal: AbortSignal) =>
  request<DeliveryPage>('GET', '/deliveries', {
    query: { ...filters, limit: PAGE_LIMIT, ...(cursor !== null && { cursor }) },
    signal,
  })

/** The list, page after page. Not asked for again by itself: rows must not move while they are read. */
export const deliveriesQuery = (filters: DeliveryFilters) =>
  infiniteQueryOptions({
    queryKey: ['deliveries', 'list', filters],
    queryFn: ({ pageParam, signal }) => getPage(filters, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
    // Whoever comes back to the list sees it as it is then.
    gcTime: 0,
  })

/** The newest page as it is now: what has come since, and what has become of the rows that are shown. */
export const newestDeliveriesQuery = (filters: DeliveryFilters, live: boolean) =>
  queryOptions({
    queryKey: ['deliveries', 'newest', filters],
    queryFn: ({ signal }) => getPage(filters, null, signal),
    refetchInterval: live ? LIVE_INTERVAL_MS : false,
    enabled: live,
  })

export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ['deliveries', 'detail', id],
    queryFn: ({ signal }) => request<DeliveryDetail>('GET', `/deliveries/${encodeURIComponent(id)}`, { signal }),
    // Only what can still change by itself is asked for again.
    refetchInterval: ({ state: { data } }) =>
      data?.status === 'waiting' || data?.status === 'sending' ? LIVE_INTERVAL_MS : false,
  })

export const failedQuery = (range: { since: string; until?: string | undefined }) =>
  queryOptions({
    queryKey: ['stats', 'failed', range],
    queryFn: ({ signal }) => request<FailedList>('GET', '/stats/failed-deliveries', { query: range, signal }),
  })

export function useResend(id: string) {
  return useMutation({
    mutationFn: () => request<Resend>('POST', `/deliveries/${id}/resend`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['deliveries', 'detail', id] }),
  })
}

export function useDiscard(id: string) {
  return useMutation({
    mutationFn: () => request<Delivery>('POST', `/deliveries/${id}/discard`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['deliveries', 'detail', id] }),
  })
}

export interface RecoverRange {
  readonly since: string
  readonly until: string
  readonly webhook?: string | undefined
}

/** How many deliveries recovering this range would send again. Changes nothing. */
export const recoverableQuery = (range: RecoverRange) =>
  queryOptions({
    queryKey: ['recoverable', range],
    queryFn: ({ signal }) =>
      request<RecoveryResult>('POST', '/deliveries/recover', { body: { ...range, dry_run: true }, signal }),
  })

export function useRecover() {
  return useMutation({
    mutationFn: (range: RecoverRange) => request<RecoveryResult>('POST', '/deliveries/recover', { body: range }),
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: ['stats'] }),
        queryClient.invalidateQueries({ queryKey: ['deliveries'] }),
      ]),
  })
}
