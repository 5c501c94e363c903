import type {
  UrlVerdict,
  Webhook,
  WebhookChanged,
  WebhookChangeRequest,
  WebhookStats,
  WebhookStatsList,
  WebhookTest,
} from '@ringback/contract'
import { keepPreviousData, queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { request } from './client.ts'
import { queryClient } from './query-client.ts'

/** Health changes by itself; it is asked for so often while somebody looks. */
const HEALTH_INTERVAL_MS = 5_000

export const webhooksQuery = queryOptions({
  queryKey: ['webhooks'],
  queryFn: ({ signal }) => request<{ data: Webhook[] }>('GET', '/webhooks', { query: { limit: 100 }, signal }),
  select: ({ data }) => inOrder(data),
  refetchInterval: HEALTH_INTERVAL_MS,
})

/** The form of the announcement first, then those people added, and last the one for operations. */
function inOrder(webhooks: readonly Webhook[]): Webhook[] {
  const rank = ({ name }: Webhook) => (name === 'default' ? 0 : name === 'operational' ? 2 : 1)
  return webhooks.toSorted((one, other) => rank(one) - rank(other) || one.created_at.localeCompare(other.created_at))
}

export const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', id],
    queryFn: ({ signal }) => request<Webhook>('GET', `/webhooks/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: HEALTH_INTERVAL_MS,
  })

const statsQuery = queryOptions({
  queryKey: ['stats', 'webhooks'],
  queryFn: ({ signal }) => request<WebhookStatsList>('GET', '/stats/webhooks', { signal }),
  refetchInterval: HEALTH_INTERVAL_MS,
})

/** How the recent attempts to a webhook went; null: none; undefined: not known yet. */
export function useWebhookStats(webhookId: string): WebhookStats | null | undefined {
  const { data } = useQuery(statsQuery)
  return data && (data.data.find(({ webhook_id }) => webhook_id === webhookId) ?? null)
}

/** The name of a webhook by its id, for lists of what went to it. */
export function useWebhookNames(): ReadonlyMap<string, string> {
  const { data = [] } = useQuery(webhooksQuery)
  return new Map(data.map(({ id, name }) => [id, name]))
}

/** The server's own verdict on a URL; the one before stays while the next is asked for. */
export const urlVerdictQuery = (url: string) =>
  queryOptions({
    queryKey: ['url-verdict', url],
    queryFn: ({ signal }) => request<UrlVerdict>('POST', '/webhooks/check-url', { body: { url }, signal }),
    enabled: url !== '',
    staleTime: 10_000,
    placeholderData: keepPreviousData,
  })

function refreshWebhooks() {
  return queryClient.invalidateQueries({ queryKey: ['webhooks'] })
}

export function useChangeWebhook(id: string) {
  return useMutation({
    mutationFn: (body: WebhookChangeRequest) => request<WebhookChanged>('PATCH', `/webhooks/${id}`, { body }),
    onSuccess: refreshWebhooks,
  })
}

export function useCreateWebhook() {
  return useMutation({
    mutationFn: (body: WebhookChangeRequest) => request<WebhookChanged>('POST', '/webhooks', { body }),
    onSuccess: refreshWebhooks,
  })
}

export function useRemoveWebhook(id: string) {
  return useMutation({ mutationFn: () => request<void>('DELETE', `/webhooks/${id}`), onSuccess: refreshWebhooks })
}

/** Replaces the secret or the key of a webhook; the one before goes on signing for the grace time. */
export function useRotate(id: string, what: 'secret' | 'key') {
  return useMutation({
    mutationFn: (body: { grace: string }) =>
      request<WebhookChanged>('POST', `/webhooks/${id}/rotate-${what}`, { body }),
    onSuccess: refreshWebhooks,
  })
}

export function useTestWebhook(id: string) {
  return useMutation({ mutationFn: () => request<WebhookTest>('POST', `/webhooks/${id}/test`) })
}
