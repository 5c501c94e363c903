import type { Session } from '@ringback/contract'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { request } from './client.ts'
import { requestAll } from './list.ts'
import { queryClient } from './query-client.ts'

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => requestAll<Session>('/sessions', signal),
})

export function useEndSession() {
  return useMutation({
    mutationFn: (id: string) => request<void>('DELETE', `/sessions/${id}`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['sessions'] }),
  })
}
