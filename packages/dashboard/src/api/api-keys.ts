import type { ApiKey, CreatedApiKey, NewApiKey } from '@ringback/contract'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { request } from './client.ts'
import { requestAll } from './list.ts'
import { queryClient } from './query-client.ts'

/** The keys that still work first, newest first; revoked ones after them. */
export const apiKeysQuery = queryOptions({
  queryKey: ['api-keys'],
  queryFn: ({ signal }) => requestAll<ApiKey>('/api-keys', signal),
  select: (apiKeys) =>
    apiKeys.toSorted(
      (one, other) =>
        Number(one.revoked_at !== null) - Number(other.revoked_at !== null) ||
        other.created_at.localeCompare(one.created_at),
    ),
})

function refreshApiKeys() {
  return queryClient.invalidateQueries({ queryKey: apiKeysQuery.queryKey })
}

export function useCreateApiKey() {
  return useMutation({
    mutationFn: (body: NewApiKey) => request<CreatedApiKey>('POST', '/api-keys', { body }),
    // The key is in this answer only, and not to be kept once it has been shown.
    gcTime: 0,
    onSuccess: refreshApiKeys,
  })
}

export function useRevokeApiKey(id: string) {
  return useMutation({
    mutationFn: () => request<ApiKey>('DELETE', `/api-keys/${id}`),
    onSuccess: refreshApiKeys,
  })
}
