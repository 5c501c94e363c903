import { WebhookVerificationError } from './errors.ts'
import { nextTurn, systemNow } from './lib/clock.ts'
import type { ReceiveContext, ReceiverOptions, WebhookAnswer, WebhookReceiver, WebhookRequest } from './options.ts'
import { readBody } from './read-body.ts'
import { standardKey } from './signature.ts'
import { createMemoryStore } from './store.ts'
import { type Secrets, secretsIn, type VerifiedWebhook, verify } from './verify.ts'

/** Bodies with a result have up to 256 KiB and a little; the rest is room for newer servers. */
const BODY_BYTES_MAX = 1_048_576

/** Over before the third attempt of the default schedule (70 s), so that it finds what a dead process left. */
const LEASE_MS = 60_000

/** Longer than the longest retry schedule (7 days). */
const KEEP_MS = 8 * 86_400_000

/**
 * A receiver that verifies, logs, drops duplicates, answers 2xx at once and then runs `onEvent` in the background.
 *
 * @throws WebhookVerificationError `secret.missing` or `secret.malformed`, so that a wrong setting is seen at the start
 */
export function createReceiver<Own extends string = never>(options: ReceiverOptions<Own>): WebhookReceiver {
  const { secret, onEvent, log, onError = printError, now = systemNow } = options
  const {
    leaseMs = LEASE_MS,
    keepMs = KEEP_MS,
    bodyBytesMax = BODY_BYTES_MAX,
    answer: whenToAnswer = 'at-once',
  } = options
  const store = options.store ?? createMemoryStore({ now })
  /** The deliveries that this process handles, however long that takes. */
  const running = new Set<string>()
  /** What `drain` waits for; none of it rejects. */
  const pending = new Set<Promise<unknown>>()
  let draining = false

  if (typeof secret !== 'function') {
    const list = secretsIn(secret)
    if (options.scheme !== 'x-signature') list.map(standardKey)
  }

  type Webhook = VerifiedWebhook<Own>

  function track<T>(work: Promise<T>): Promise<T> {
    pending.add(work)
    work.then(() => pending.delete(work))
    return work
  }

  /** Whether the work ended well. When not, `onError` knows; one that fails itself has nobody left to tell. */
  async function attempt(work: () => unknown, webhook: Webhook | null): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      await Promise.resolve(error)
        .then((thrown) => onError(thrown, webhook))
        .catch(() => {})
      return false
    }
  }

  /** Runs the handler of a claimed delivery; whether it ended well. */
  async function handle(webhook: Webhook): Promise<boolean> {
    const { deliveryId, event } = webhook
    const beganMs = now()
    const isHandled = await attempt(() => onEvent(event, { deliveryId }), webhook)
    const outcome = isHandled ? 'handled' : 'failed'
    const line = { outcome, deliveryId, type: event.type, durationMs: now() - beganMs } as const
    await attempt(() => (isHandled ? store.complete(deliveryId, keepMs) : store.release(deliveryId)), webhook)
    running.delete(deliveryId)
    await attempt(() => log?.(line), webhook)
    return isHandled
  }

  /** The answer, and what goes on after it. */
  async function accept(
    webhook: Webhook,
    context: ReceiveContext,
  ): Promise<{ readonly answer: WebhookAnswer; readonly work?: Promise<unknown> }> {
    const { deliveryId, event } = webhook
    const write = (outcome: 'accepted' | 'duplicate' | 'unavailable') =>
      attempt(() => log?.({ outcome, deliveryId, type: event.type }), webhook)
    const waits = (context.answer ?? whenToAnswer) === 'after-handler'

    let claim = 'running'
    const isAsked = await attempt(async () => {
      if (!running.has(deliveryId)) claim = await store.claim(deliveryId, leaseMs)
    }, webhook)
    if (!isAsked) {
      await write('unavailable')
      return { answer: answer(503, 'unavailable') }
    }
    if (claim !== 'claimed') {
      await write('duplicate')
      // Who waits for the handler must not be told of success before it is one.
      return { answer: claim === 'running' && waits ? answer(409, 'running') : answer(200, 'duplicate') }
    }

    running.add(deliveryId)
    await write('accepted')
    if (waits) return { answer: (await handle(webhook)) ? answer(200, 'ok') : answer(500, 'failed') }
    return { answer: answer(200, 'ok'), work: track(nextTurn().then(() => handle(webhook))) }
  }

  async function refuse({ code, message }: WebhookVerificationError): Promise<WebhookAnswer> {
    await attempt(() => log?.({ outcome: 'refused', code, message }), null)
    return answer(statusOf(code), code)
  }

  async function receive(request: WebhookRequest, context: ReceiveContext = {}): Promise<WebhookAnswer> {
    if (request.method !== 'POST') return answer(405, 'POST only', { allow: 'POST' })
    if (draining) return stopping()
    let webhook: Webhook
    try {
      const body = await readBody(request.body, bodyBytesMax, request.advice)
      const secrets: Secrets = typeof secret === 'function' ? await secret() : secret
      webhook = await verify<Own>(body, request.headers, secrets, options)
    } catch (error) {
      const isRefused = error instanceof WebhookVerificationError
      if (!isRefused || statusOf(error.code) === 500) await attempt(() => Promise.reject(error), null)
      return isRefused ? await refuse(error) : answer(500, 'error')
    }
    if (draining) return stopping()
    const accepted = track(accept(webhook, context))
    // Told at once: a platform that gives up the request of a sender that left would leave its delivery claimed for ever.
    await attempt(() => context.waitUntil?.(accepted.then(({ work }) => work)), webhook)
    return (await accepted).answer
  }

  return {
    receive,
    async fetch(request, context = {}) {
      const { method, headers, bodyUsed } = request
      // A body that was read has no bytes left; `false` is none of the forms that a raw one has.
      const given = { method, headers, body: bodyUsed || request.body?.locked ? false : request.body }
      const { status, headers: sent, body } = await receive(given, context)
      return new Response(body, { status, headers: sent })
    },
    async drain() {
      draining = true
      while (pending.size > 0) await Promise.all(pending)
    },
  }
}

/** 5xx for what the owner of the receiver has to mend; 401 for what does not prove that it is from your server. */
export function statusOf(code: WebhookVerificationError['code']): 400 | 401 | 413 | 500 {
  if (code === 'body.too_large') return 413
  if (code === 'body.parsed' || code.startsWith('secret.')) return 500
  return code.startsWith('body.') ? 400 : 401
}

function stopping(): WebhookAnswer {
  return answer(503, 'stopping', { 'retry-after': '10' })
}

function answer(status: number, body: string, headers: Record<string, string> = {}): WebhookAnswer {
  return { status, headers: { 'content-type': 'text/plain', ...headers }, body }
}

function printError(error: unknown, webhook: { readonly deliveryId: string } | null): void {
  // biome-ignore lint/suspicious/noConsole: a failed handler must be seen, also where nobody set up a log
  console.error('Webhook receiver:', webhook?.deliveryId ?? '', error)
}
