import type { Delivery, DeliveryDetail, Webhook } from '@ringback/contract'
import { expect } from 'vitest'
import { newId } from '../../src/lib/ids.ts'
import { type CallAnswer, callApi, type Ringback, TEST_API_KEY } from './ringback.ts'
import { until } from './until.ts'

/** The usual things that a customer does with the API, by the key of one account. Each expects that it is answered. */
export interface Talk {
  /** Any other call. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<CallAnswer>
  /** Adds a webhook with a secret of its own. */
  addWebhook(settings: Readonly<Record<string, unknown>> & { url: string }): Promise<Webhook>
  /** Changes a webhook; its state is that after the change. */
  setWebhook(id: string, change: Readonly<Record<string, unknown>>): Promise<Webhook>
  webhook(id: string): Promise<Webhook>
  /** Resolves when the webhook has this state. */
  webhookIs(id: string, state: Webhook['state']): Promise<Webhook>
  /** Dispatches a job that ends at once, with success; gives its id. */
  dispatch(headers?: Record<string, string>): Promise<string>
  /** So many of them, one after the other. */
  dispatchMany(count: number, headers?: Record<string, string>): Promise<string[]>
  /** All deliveries that a query finds, newest first. */
  deliveries(query: string): Promise<Delivery[]>
  delivery(deliveryId: string): Promise<DeliveryDetail>
  /** Resolves with the delivery of a job, in detail, when the query (of the list) finds exactly one. */
  deliveryOf(jobId: string, query: string): Promise<DeliveryDetail>
  /** Resolves with what a query finds when it is so many. */
  deliveriesAre(query: string, count: number): Promise<Delivery[]>
}

const API = '/api/v1'

/** Talks to whatever server `ringback` gives at that moment: tests stop it and start another. */
export function talkTo(ringback: () => { readonly app: { readonly origin: string } }, apiKey = TEST_API_KEY): Talk {
  const call: Talk['call'] = (method, path, body, headers) =>
    callApi(ringback().app.origin, apiKey, method, `${API}${path}`, body, headers)

  async function get(path: string) {
    const { status, json, text } = await call('GET', path)
    expect(status, text).toBe(200)
    return json
  }

  async function deliveries(query: string): Promise<Delivery[]> {
    const found: Delivery[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { data: Delivery[]; next_cursor: string | null } = await get(
        `/deliveries?limit=100&${query}${cursor && `&cursor=${cursor}`}`,
      )
      found.push(...page.data)
      cursor = page.next_cursor
    }
    return found
  }

  async function dispatch(headers: Record<string, string> = {}): Promise<string> {
    const { status, json, text } = await call(
      'POST',
      '/content/detect_emails',
      { content: 'anna@example.com' },
      headers,
    )
    expect(status, text).toBe(202)
    return json.job_id
  }

  const webhook = (id: string): Promise<Webhook> => get(`/webhooks/${id}`)
  const delivery = (id: string): Promise<DeliveryDetail> => get(`/deliveries/${id}`)
  return {
    call,
    webhook,
    delivery,
    deliveries,
    dispatch,
    async addWebhook(settings) {
      const { status, json, text } = await call('POST', '/webhooks', settings)
      expect(status, text).toBe(201)
      return json
    },
    async setWebhook(id, change) {
      const { status, json, text } = await call('PATCH', `/webhooks/${id}`, change)
      expect(status, text).toBe(200)
      return json
    },
    webhookIs: (id, state) =>
      until(`webhook ${id} is ${state}`, async () => {
        const shown = await webhook(id)
        return shown.state === state ? shown : null
      }),
    async dispatchMany(count, headers) {
      const jobIds: string[] = []
      while (jobIds.length < count) jobIds.push(await dispatch(headers))
      return jobIds
    },
    deliveryOf: (jobId, query) =>
      until(`a delivery of ${jobId} is ${query}`, async () => {
        const [found, ...more] = await deliveries(`job_id=${jobId}&${query}`)
        expect(more).toEqual([])
        return found ? await delivery(found.id) : null
      }),
    deliveriesAre: (query, count) =>
      until(`${count} deliveries are ${query}`, async () => {
        const found = await deliveries(query)
        return found.length === count ? found : null
      }),
  }
}

/** Makes another account with a key of its own, and gives the ways to talk with it. */
export async function talkAsOther(ringback: () => Pick<Ringback, 'app'>, name: string): Promise<Talk> {
  return talkTo(ringback, await createAccountKey(ringback(), name))
}

/** Makes an account, and gives a key of it: what a test needs for itself where the server is shared. */
export async function createAccountKey({ app }: Pick<Ringback, 'app'>, name: string = newId()): Promise<string> {
  const account = await app.store.ensureAccount({ id: newId(), name, webhookId: newId(), createdAt: 0 })
  return (await app.apiKeys.create(account.id, 'test')).key
}
