import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './client.ts'

/** How long to wait before a request that got no answer is sent again. */
const RETRY_DELAY_MS = 2_000

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A lost connection is repaired by asking again; anything else that failed will fail again.
      retry: (_count, error) => error instanceof ApiError && error.kind === 'connection',
      retryDelay: RETRY_DELAY_MS,
      // The browser's own idea of being online says nothing about a server on this machine.
      networkMode: 'always',
      staleTime: 2_000,
    },
    mutations: { networkMode: 'always' },
  },
})
