import { Agent, request } from 'undici'

/** Requests under way at once, on as many connections. */
const CONCURRENCY = 64

/** The headers of a delivery, with values of the same length: the receiver has as much to read. */
const HEADERS = {
  'content-type': 'application/json',
  'user-agent': 'SharpAPIWebhook/1.0',
  'x-signature': '0'.repeat(64),
  'webhook-id': '00000000-0000-7000-8000-000000000000',
  'webhook-timestamp': '1700000000',
  'webhook-signature': `v1,${'0'.repeat(44)}`,
}

/** The POSTs of a delivery with nothing but undici: no signature, no record, no guard. Gives requests per second. */
export async function runBareLoad(url: string, count: number): Promise<number> {
  const dispatcher = new Agent({ connections: CONCURRENCY })
  const body = JSON.stringify({
    id: '00000000-0000-7000-8000-000000000000',
    status: 'success',
    type: 'content_translate',
  })
  let started = 0
  const startedMs = performance.now()
  async function loop() {
    while (started++ < count) {
      const response = await request(url, { method: 'POST', headers: HEADERS, body, dispatcher })
      await response.body.dump()
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, loop))
  const perSecond = (count / (performance.now() - startedMs)) * 1_000
  await dispatcher.close()
  return perSecond
}
