import type { Workflow } from '@ringback/contract'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { request } from './client.ts'
import { queryClient } from './query-client.ts'

/** All workflows of the account: it can have no more than one page of them. */
export const workflowsQuery = queryOptions({
  queryKey: ['workflows'],
  queryFn: ({ signal }) => request<{ data: Workflow[] }>('GET', '/workflows', { query: { limit: 100 }, signal }),
  select: ({ data }) => data,
})

export const workflowQuery = (id: string) =>
  queryOptions({
    queryKey: ['workflows', id],
    queryFn: ({ signal }) => request<Workflow>('GET', `/workflows/${encodeURIComponent(id)}`, { signal }),
  })

function refreshWorkflows() {
  return queryClient.invalidateQueries({ queryKey: ['workflows'] })
}

/** Adds a workflow from the body of the request, which has been checked with the schema of the contract. */
export function useCreateWorkflow() {
  return useMutation({
    mutationFn: (body: object) => request<Workflow>('POST', '/workflows', { body }),
    onSuccess: refreshWorkflows,
  })
}

export function useChangeWorkflow(id: string) {
  return useMutation({
    mutationFn: (body: object) => request<Workflow>('PATCH', `/workflows/${encodeURIComponent(id)}`, { body }),
    onSuccess: refreshWorkflows,
  })
}

export function useRemoveWorkflow(id: string) {
  return useMutation({
    mutationFn: () => request<void>('DELETE', `/workflows/${encodeURIComponent(id)}`),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['workflows'], exact: true }),
  })
}
