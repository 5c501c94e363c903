import type { AttemptCause, Delivery, DeliveryDetail, FailedList, RecoveryResult, Resend } from '@ringback/contract'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { request } from './client.ts'
import { queryClient } from './query-client.ts'
import { untilTold } from './until-told.ts'

export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ['deliveries', 'detail', id],
    queryFn: ({ signal }) => request<DeliveryDetail>('GET', `/deliveries/${encodeURIComponent(id)}`, { signal }),
    // Only what can still change by itself is asked for again.
    refetchInterval: ({ state: { data } }) => untilTold(data ? [data] : []),
  })

export const failedQuery = (range: { since: string; until?: string | undefined }) =>
  queryOptions({
    queryKey: ['stats', 'failed', range],
    queryFn: ({ signal }) => request<FailedList>('GET', '/stats/failed-deliveries', { query: range, signal }),
  })

/** What is known of one delivery, and the rows of the pages below the first, which may have it. */
function refreshDelivery(id: string) {
  return Promise.all([
    queryClient.invalidateQueries({ queryKey: ['deliveries', 'detail', id] }),
    queryClient.invalidateQueries({ queryKey: ['deliveries', 'older'] }),
  ])
}

export function useResend(id: string) {
  return useMutation({
    mutationFn: () => request<Resend>('POST', `/deliveries/${id}/resend`),
    onSettled: () => refreshDelivery(id),
  })
}

export function useDiscard(id: string) {
  return useMutation({
    mutationFn: () => request<Delivery>('POST', `/deliveries/${id}/discard`),
    onSettled: () => refreshDelivery(id),
  })
}

export interface RecoverRange {
  readonly since: string
  readonly until: string
  readonly webhook?: string | undefined
  /** Of the last attempt. */
  readonly cause?: AttemptCause | undefined
  /** What the webhook was never told of, instead. */
  readonly missed?: boolean
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
