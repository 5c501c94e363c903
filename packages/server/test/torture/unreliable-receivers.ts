import { createHmac } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { systemClock } from '../../src/lib/clock.ts'
import { messageOf } from '../../src/lib/errors.ts'
import type { Prng } from '../harness/prng.ts'
import { headerOf, headersOf, type ReceivedRequest, startReceiver } from '../harness/receiver.ts'

/** What came in about one job. */
export interface ReceivedWebhook {
  readonly deliveryId: string
  readonly body: string
  /** Origin and path that it came to. */
  readonly url: string
  requestCount: number
  /** Requests that were answered 2xx to the last byte. */
  successCount: number
}

export interface UnreliableReceivers {
  /** Where the account's webhook points. */
  readonly accountUrl: string
  /** Where job webhooks point; each job appends a path of its own. */
  readonly jobWebhookUrl: string
  /** By job id. */
  readonly webhooks: ReadonlyMap<string, ReceivedWebhook>
  /** What must not have been: signatures that do not verify, duplicates that differ, and the like. */
  readonly problems: readonly string[]
  /** From now on every request is answered with success. */
  heal(): void
  close(): Promise<void>
}

/** How requests are answered, and how often. */
const ANSWERS = { ok: 70, late: 6, status: 12, closed: 8, torn: 4 } as const

/** Longest wait of an answer that is late: long enough that a kill falls into it. */
const LATE_MS_MAX = 150

/**
 * Two receivers, one for the account's webhook and one for job webhooks, that check every request as it comes and fail
 * some of them in the ways receivers do.
 */
export async function startUnreliableReceivers(options: {
  readonly secret: string
  readonly prng: Prng
}): Promise<UnreliableReceivers> {
  const { secret, prng } = options
  const verifier = new Webhook(secret)
  const webhooks = new Map<string, ReceivedWebhook>()
  const problems: string[] = []
  let healed = false

  function check(request: ReceivedRequest): void {
    const signature = createHmac('sha256', secret).update(request.body).digest('hex')
    if (headerOf(request, 'X-Signature') !== signature) problems.push(`X-Signature does not verify: ${request.path}`)
    try {
      verifier.verify(request.body, headersOf(request))
    } catch (error) {
      problems.push(`standardwebhooks: ${messageOf(error)}: ${request.path}`)
    }
  }

  function note(request: ReceivedRequest, origin: string): ReceivedWebhook {
    const body = request.body.toString()
    const { id } = JSON.parse(body) as { id: string }
    const received = { deliveryId: headerOf(request, 'webhook-id') ?? '', body, url: `${origin}${request.path}` }
    const known = webhooks.get(id) ?? { ...received, requestCount: 0, successCount: 0 }
    webhooks.set(id, known)
    known.requestCount++
    for (const key of ['deliveryId', 'body', 'url'] as const) {
      if (known[key] !== received[key]) problems.push(`${key} of job ${id} was ${known[key]}, then ${received[key]}`)
    }
    return known
  }

  function answer(webhook: ReceivedWebhook, response: ServerResponse): void {
    const succeed = () =>
      response.end('ok', () => {
        webhook.successCount++
      })
    switch (healed ? 'ok' : prng.pick(ANSWERS)) {
      case 'ok':
        return void succeed()
      case 'late':
        return void systemClock.after(prng.integer(1, LATE_MS_MAX), succeed)
      case 'status':
        return void response.writeHead(prng.chance(0.5) ? 500 : 503).end('not now')
      case 'closed':
        return void response.destroy()
      case 'torn':
        response.writeHead(200, { 'content-length': 100 }).write('o')
        return void systemClock.after(1, () => response.destroy())
    }
  }

  async function start() {
    const receiver = await startReceiver()
    const { origin } = new URL(receiver.url)
    receiver.answerWith((request, response) => {
      check(request)
      answer(note(request, origin), response)
    })
    return { origin, close: () => receiver.close() }
  }

  const [account, own] = await Promise.all([start(), start()])
  return {
    accountUrl: `${account.origin}/account`,
    jobWebhookUrl: `${own.origin}/job`,
    webhooks,
    problems,
    heal() {
      healed = true
    },
    async close() {
      await Promise.all([account.close(), own.close()])
    },
  }
}
