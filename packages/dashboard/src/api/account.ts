import type { Account, JobWebhookMode, ServerInfo, Session, SignIn } from '@ringback/contract'
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { ApiError, request } from './client.ts'
import { queryClient } from './query-client.ts'
import { session } from './status.ts'
import { workflowsQuery } from './workflows.ts'

export const accountQuery = queryOptions({
  queryKey: ['account'],
  queryFn: ({ signal }) => request<Account>('GET', '/account', { signal }),
})

export const serverQuery = queryOptions({
  queryKey: ['server'],
  queryFn: ({ signal }) => request<ServerInfo>('GET', '/server', { signal }),
  staleTime: 60_000,
})

/** The types of jobs that there can be: the server's, then the workflows of the account; empty until they are known. */
export function useJobTypes(): readonly string[] {
  const server = useQuery(serverQuery)
  const workflows = useQuery(workflowsQuery)
  return [
    ...(server.data?.job_types.map(({ type }) => type) ?? []),
    ...(workflows.data?.map(({ job_type }) => job_type) ?? []),
  ]
}

export function useChangeAccount() {
  return useMutation({
    mutationFn: (body: { job_webhook: JobWebhookMode }) => request<Account>('PATCH', '/account', { body }),
    onSuccess: (account) => queryClient.setQueryData(accountQuery.queryKey, account),
  })
}

/** Signs in with a link or a key; everything on the page is then asked for again. */
export function useSignIn() {
  return useMutation({
    mutationFn: (body: SignIn) => request<Session>('POST', '/sessions', { body }),
    onSuccess: async () => {
      session.set('in')
      await queryClient.invalidateQueries()
    },
  })
}

/** Signs out. When that fails the session goes on, and `onFailed` says so; one that has ended already is signed out. */
export function useSignOut(onFailed: (error: Error) => void) {
  const leave = () => {
    session.set('out')
    queryClient.clear()
  }
  return useMutation({
    mutationFn: () => request<void>('DELETE', '/sessions/current'),
    onSuccess: leave,
    onError: (error) => (error instanceof ApiError && error.kind === 'session' ? leave() : onFailed(error)),
  })
}
