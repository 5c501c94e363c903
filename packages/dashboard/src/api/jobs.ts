import type { JobCancel, JobDetail } from '@ringback/contract'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { request } from './client.ts'
import { queryClient } from './query-client.ts'
import { untilTold } from './until-told.ts'

/** Most jobs end within seconds: one that is open is looked at so often until then. */
const UNTIL_END_INTERVAL_MS = 1_000

/** A job with all that is known of it; asked for again until it and its deliveries have ended. */
export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ['jobs', 'detail', id],
    queryFn: ({ signal }) => request<JobDetail>('GET', `/jobs/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state: { data } }) => {
      if (data === undefined) return false
      if (data.finished_at === null) return UNTIL_END_INTERVAL_MS
      return untilTold(data.deliveries)
    },
  })

export function useExpungeJob(id: string) {
  return useMutation({
    mutationFn: () => request<void>('POST', `/jobs/${id}/expunge`),
    onSettled: () => void queryClient.invalidateQueries(),
  })
}

export function useCancelJob(id: string) {
  return useMutation({
    mutationFn: () => request<JobCancel>('POST', `/jobs/${id}/cancel`),
    // Not waited for: the answer is said at once.
    onSettled: () => void queryClient.invalidateQueries({ queryKey: ['jobs', 'detail', id] }),
  })
}
