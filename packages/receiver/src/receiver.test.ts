import { describe, expect, test, vi } from 'vitest'
import { BODY, gate, SECRET, signed } from '../test/signed.ts'
import type { ReceiverLine, ReceiverOptions, WebhookReceiver } from './options.ts'
import { createReceiver } from './receiver.ts'
import { createMemoryStore, type DeliveryStore } from './store.ts'

/** A receiver that keeps all it was told. */
function watch(options: Partial<ReceiverOptions> = {}) {
  const lines: ReceiverLine[] = []
  const errors: unknown[] = []
  const onEvent = vi.fn(options.onEvent ?? (() => {}))
  const receiver = createReceiver({
    secret: SECRET,
    log: (line) => lines.push(line),
    onError: (error) => errors.push(error),
    ...options,
    onEvent,
  })
  return { receiver, onEvent, lines, errors }
}

const request = (headers: Record<string, string>, init: RequestInit = {}) =>
  new Request('https://app.example/webhook', { method: 'POST', body: BODY, ...init, headers })

async function post(receiver: WebhookReceiver, headers = signed(), init: RequestInit = {}) {
  const response = await receiver.fetch(request(headers, init))
  return { status: response.status, text: await response.text(), headers: response.headers }
}

describe('a delivery', () => {
  test('is answered 200 before its handler begins, and then handled with its event and id', async () => {
    const { receiver, onEvent, lines } = watch()
    const headers = signed()
    expect(await post(receiver, headers)).toMatchObject({ status: 200, text: 'ok' })
    expect(onEvent).not.toHaveBeenCalled()
    await receiver.drain()
    const deliveryId = headers['webhook-id'] as string
    expect(onEvent.mock.calls).toEqual([[JSON.parse(BODY), { deliveryId }]])
    expect(lines).toEqual([
      { outcome: 'accepted', deliveryId, type: 'content_translate' },
      { outcome: 'handled', deliveryId, type: 'content_translate', durationMs: expect.any(Number) },
    ])
  })

  test('that comes again is answered 200 and not handled again, while it is handled and after', async () => {
    const work = gate()
    const { receiver, onEvent, lines } = watch({ onEvent: () => work.promise })
    const headers = signed()
    await post(receiver, headers)
    await expect.poll(() => onEvent.mock.calls.length).toBe(1)
    expect(await post(receiver, headers)).toMatchObject({ status: 200, text: 'duplicate' })
    work.resolve()
    await expect.poll(() => lines.at(-1)?.outcome).toBe('handled')
    expect(await post(receiver, headers)).toMatchObject({ status: 200, text: 'duplicate' })
    await receiver.drain()
    expect(onEvent).toHaveBeenCalledOnce()
  })

  test('that comes many times at once is handled once', async () => {
    const { receiver, onEvent } = watch()
    const headers = signed()
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(receiver, headers)))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    await receiver.drain()
    expect(onEvent).toHaveBeenCalledOnce()
  })

  test('whose handler fails is reported, and handled when it is sent again', async () => {
    const failure = new Error('no database')
    const onEvent = vi.fn().mockRejectedValueOnce(failure)
    const { receiver, lines, errors } = watch({ onEvent })
    const headers = signed()
    expect(await post(receiver, headers)).toMatchObject({ status: 200 })
    await expect.poll(() => lines.at(-1)?.outcome).toBe('failed')
    expect(errors).toEqual([failure])
    expect(await post(receiver, headers)).toMatchObject({ status: 200, text: 'ok' })
    await expect.poll(() => lines.at(-1)?.outcome).toBe('handled')
    expect(onEvent).toHaveBeenCalledTimes(2)
  })

  test('whose handler throws at once, even nothing, is reported and hurts nobody', async () => {
    const { receiver, errors } = watch({
      onEvent: () => {
        throw undefined
      },
    })
    expect(await post(receiver)).toMatchObject({ status: 200 })
    await receiver.drain()
    expect(errors).toEqual([undefined])
  })

  test('is handled although the log and the reporter fail', async () => {
    const broken = () => Promise.reject(new Error('broken'))
    const { receiver, onEvent } = watch({ log: broken, onError: broken })
    expect(await post(receiver)).toMatchObject({ status: 200, text: 'ok' })
    await receiver.drain()
    expect(onEvent).toHaveBeenCalledOnce()
  })

  test('is remembered under its own id by SharpAPI’s signature, which binds the body alone', async () => {
    const { createHmac } = await import('node:crypto')
    const { receiver, onEvent } = watch({ secret: 'correct horse', scheme: 'x-signature' })
    const headers = { 'x-signature': createHmac('sha256', 'correct horse').update(BODY).digest('hex') }
    expect(await post(receiver, headers)).toMatchObject({ text: 'ok' })
    expect(await post(receiver, headers)).toMatchObject({ text: 'duplicate' })
    await receiver.drain()
    expect(onEvent).toHaveBeenCalledOnce()
  })
})

describe('answer: after-handler', () => {
  const answer = 'after-handler'

  test('waits for the handler, and answers 500 when it fails, so that the sender tries again', async () => {
    const onEvent = vi.fn().mockRejectedValueOnce(new Error('no database'))
    const { receiver, errors } = watch({ answer, onEvent })
    const headers = signed()
    expect(await post(receiver, headers)).toMatchObject({ status: 500, text: 'failed' })
    expect(errors).toHaveLength(1)
    expect(await post(receiver, headers)).toMatchObject({ status: 200, text: 'ok' })
    expect(await post(receiver, headers)).toMatchObject({ status: 200, text: 'duplicate' })
    expect(onEvent).toHaveBeenCalledTimes(2)
  })

  test('tells nobody of success while another request handles the delivery', async () => {
    const work = gate()
    const { receiver, onEvent } = watch({ answer, onEvent: () => work.promise })
    const headers = signed()
    const first = post(receiver, headers)
    await expect.poll(() => onEvent.mock.calls.length).toBe(1)
    expect(await post(receiver, headers)).toMatchObject({ status: 409, text: 'running' })
    work.resolve()
    expect(await first).toMatchObject({ status: 200 })
  })

  test('takes a delivery over when the process that claimed it has died, after leaseMs', async () => {
    let nowMs = Date.now()
    const now = () => nowMs
    const store = createMemoryStore({ now })
    const headers = signed()
    await store.claim(headers['webhook-id'] as string, 60_000)
    const { receiver, onEvent } = watch({ answer, store, now })
    expect(await post(receiver, headers)).toMatchObject({ status: 409 })
    nowMs += 60_001
    expect(await post(receiver, headers)).toMatchObject({ status: 200, text: 'ok' })
    expect(onEvent).toHaveBeenCalledOnce()
  })
})

describe('a request that is not a webhook', () => {
  test.each([
    ['no headers', {}, 401, 'signature.missing'],
    ['another secret', signed(BODY, { secret: `whsec_${btoa('x'.repeat(32))}` }), 401, 'signature.mismatch'],
    ['an old one', signed(BODY, { at: new Date(Date.now() - 301_000) }), 401, 'timestamp.too_old'],
    ['another id', { ...signed(), 'webhook-id': 'other' }, 401, 'signature.mismatch'],
  ] as const)('is refused, logged and not handled: %s', async (_name, headers, status, code) => {
    const { receiver, onEvent, lines, errors } = watch()
    expect(await post(receiver, headers)).toMatchObject({ status, text: code })
    expect(lines).toEqual([{ outcome: 'refused', code, message: expect.any(String) }])
    await receiver.drain()
    expect(onEvent).not.toHaveBeenCalled()
    expect(errors).toEqual([])
  })

  test('is refused by its method, which the answer names', async () => {
    const { receiver } = watch()
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await receiver.fetch(new Request('https://app.example/', { method }))
      expect([response.status, response.headers.get('allow')], method).toEqual([405, 'POST'])
    }
  })

  test('is refused when no body is an event', async () => {
    const { receiver } = watch()
    expect(await post(receiver, signed('[]'), { body: '[]' })).toMatchObject({ status: 400, text: 'body.malformed' })
  })
})

describe('a body', () => {
  const stream = (chunks: readonly string[], end?: Error) =>
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(Buffer.from(chunk))
        if (end) controller.error(end)
        else controller.close()
      },
    })
  const streamed = (body: ReadableStream) => ({ body, duplex: 'half' }) as RequestInit

  test('is taken in pieces, whatever characters they cut', async () => {
    const { receiver, onEvent } = watch()
    const bytes = [...Buffer.from(BODY)].map((byte) => Uint8Array.of(byte))
    const { headers, ...rest } = { method: 'POST', headers: signed(), advice: '' }
    async function* body() {
      yield* bytes
    }
    expect(await receiver.receive({ ...rest, headers, body: body() })).toMatchObject({ status: 200 })
    await receiver.drain()
    expect(onEvent.mock.calls[0]?.[0]).toEqual(JSON.parse(BODY))
  })

  test('that is too long is refused without reading the rest', async () => {
    const { receiver, lines } = watch({ bodyBytesMax: 100 })
    const pulled = vi.fn((controller: ReadableStreamDefaultController) => controller.enqueue(Buffer.alloc(60)))
    const endless = new ReadableStream({ pull: pulled }, { highWaterMark: 0 })
    expect(await post(receiver, {}, streamed(endless))).toMatchObject({ status: 413, text: 'body.too_large' })
    expect(pulled).toHaveBeenCalledTimes(2)
    expect(lines).toMatchObject([{ code: 'body.too_large', message: expect.stringContaining('bodyBytesMax') }])
    expect(await post(receiver, {}, { body: 'x'.repeat(101) })).toMatchObject({ status: 413 })
  })

  test('of just the limit is taken', async () => {
    const { receiver } = watch({ bodyBytesMax: Buffer.byteLength(BODY) })
    expect(await post(receiver)).toMatchObject({ status: 200 })
  })

  test('that ends too early is refused', async () => {
    const { receiver } = watch()
    const body = streamed(stream(['{"id'], new Error('socket hang up')))
    expect(await post(receiver, signed(), body)).toMatchObject({ status: 400, text: 'body.incomplete' })
  })

  test.each([
    ['read', (given: Request) => given.text()],
    ['locked', (given: Request) => given.body?.getReader()],
  ])('that something else has %s is a fault of the program, which onError is told', async (_name, spoil) => {
    const { receiver, errors } = watch()
    const given = request(signed())
    await spoil(given)
    const response = await receiver.fetch(given)
    expect([response.status, await response.text()]).toEqual([500, 'body.parsed'])
    expect(errors).toMatchObject([{ code: 'body.parsed' }])
  })

  test('that a parser made is refused with the advice of the framework', async () => {
    const { receiver, errors } = watch()
    const parsed = { method: 'POST', headers: signed(), body: JSON.parse(BODY), advice: 'Do this.' }
    expect(await receiver.receive(parsed)).toMatchObject({ status: 500, body: 'body.parsed' })
    expect(errors).toMatchObject([{ message: expect.stringMatching(/ Do this\.$/) }])
  })
})

describe('the store', () => {
  const broken = (name: keyof DeliveryStore): DeliveryStore => ({
    ...createMemoryStore(),
    [name]: () => Promise.reject(new Error(`${name} failed`)),
  })

  test('that fails to claim makes the answer 503, so that the sender tries again', async () => {
    const { receiver, onEvent, lines, errors } = watch({ store: broken('claim') })
    expect(await post(receiver)).toMatchObject({ status: 503, text: 'unavailable' })
    expect(lines).toMatchObject([{ outcome: 'unavailable' }])
    expect(errors).toMatchObject([{ message: 'claim failed' }])
    await receiver.drain()
    expect(onEvent).not.toHaveBeenCalled()
  })

  test.each(['complete', 'release'] as const)('that fails to %s is reported', async (name) => {
    const { receiver, errors } = watch({
      store: broken(name),
      onEvent: () => (name === 'release' ? Promise.reject(new Error('handler')) : null),
    })
    expect(await post(receiver)).toMatchObject({ status: 200 })
    await receiver.drain()
    expect(errors.at(-1)).toMatchObject({ message: `${name} failed` })
  })
})

describe('the secret', () => {
  test.each([
    [undefined, 'secret.missing'],
    ['', 'secret.missing'],
    [[], 'secret.missing'],
    [[SECRET, ''], 'secret.missing'],
    ['whsec_%', 'secret.malformed'],
  ])('%j is seen when the receiver is created', (secret, code) => {
    expect(() => watch({ secret })).toThrow(expect.objectContaining({ code }))
  })

  test('may be several while it is rotated', async () => {
    const { receiver } = watch({ secret: [`whsec_${btoa('new'.repeat(10))}`, SECRET] })
    expect(await post(receiver)).toMatchObject({ status: 200 })
  })

  test('may come from a function at each request, and what that throws is not shown', async () => {
    const secret = vi.fn<() => Promise<string | undefined>>().mockResolvedValueOnce(SECRET)
    const { receiver, errors } = watch({ secret })
    expect(await post(receiver)).toMatchObject({ status: 200 })
    expect(await post(receiver)).toMatchObject({ status: 500, text: 'secret.missing' })
    secret.mockRejectedValueOnce(new Error('vault is sealed'))
    expect(await post(receiver)).toMatchObject({ status: 500, text: 'error' })
    expect(errors).toMatchObject([{ code: 'secret.missing' }, { message: 'vault is sealed' }])
  })
})

describe('drain', () => {
  test('waits for what is under way, and answers what comes meanwhile with 503', async () => {
    const work = gate()
    const { receiver, onEvent, lines } = watch({ onEvent: () => work.promise })
    await post(receiver)
    await expect.poll(() => onEvent.mock.calls.length).toBe(1)
    const drained = receiver.drain().then(() => lines.at(-1)?.outcome)
    const refused = await post(receiver)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10'])
    work.resolve()
    expect(await drained).toBe('handled')
  })

  test('lets no delivery in whose body came while it ended', async () => {
    const { receiver, onEvent } = watch()
    const rest = gate()
    async function* body() {
      await rest.promise
      yield BODY
    }
    const answer = receiver.receive({ method: 'POST', headers: signed(), body: body() })
    await receiver.drain()
    rest.resolve()
    expect(await answer).toMatchObject({ status: 503 })
    expect(onEvent).not.toHaveBeenCalled()
  })
})

describe('waitUntil', () => {
  test('is told of the work, which ends when the handler has', async () => {
    const work = gate()
    const { receiver, lines } = watch({ onEvent: () => work.promise })
    const told: Promise<unknown>[] = []
    await receiver.fetch(request(signed()), { waitUntil: (promise: Promise<unknown>) => told.push(promise) })
    expect(told).toHaveLength(1)
    work.resolve()
    await told[0]
    expect(lines.at(-1)).toMatchObject({ outcome: 'handled' })
  })

  test('is told before the store is asked, so that a sender that leaves then leaves no delivery claimed', async () => {
    const asked = gate()
    const memory = createMemoryStore()
    const store = { ...memory, claim: (id: string, ms: number) => asked.promise.then(() => memory.claim(id, ms)) }
    const work = gate()
    const { receiver, onEvent } = watch({ store, onEvent: () => work.promise })
    const told: Promise<unknown>[] = []
    const isTold = gate()
    const answer = receiver.fetch(request(signed()), {
      answer: 'after-handler',
      waitUntil(promise: Promise<unknown>) {
        told.push(promise)
        isTold.resolve()
      },
    })
    await isTold.promise
    asked.resolve()
    work.resolve()
    await told[0]
    expect(onEvent).toHaveBeenCalledOnce()
    expect((await answer).status).toBe(200)
  })

  test('that throws is reported, and the work is done all the same', async () => {
    const { receiver, onEvent, errors } = watch()
    const waitUntil = () => {
      throw new Error('outside of a request')
    }
    expect((await receiver.fetch(request(signed()), { waitUntil })).status).toBe(200)
    await receiver.drain()
    expect(onEvent).toHaveBeenCalledOnce()
    expect(errors).toMatchObject([{ message: 'outside of a request' }])
  })
})

test('a failed handler is printed to the console unless told otherwise', async () => {
  const print = vi.spyOn(console, 'error').mockImplementation(() => {})
  const receiver = createReceiver({ secret: SECRET, onEvent: () => Promise.reject(new Error('no database')) })
  await post(receiver)
  await receiver.drain()
  expect(print).toHaveBeenCalledWith('Webhook receiver:', expect.stringMatching(/^delivery-/), expect.any(Error))
  print.mockRestore()
})
