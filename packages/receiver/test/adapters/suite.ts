import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createReceiver, type WebhookReceiver } from '../../src/index.ts'
import { BODY, SECRET, signed } from '../signed.ts'

/** A framework that runs, with the receiver at `url`. */
export interface Running {
  readonly url: string
  close(): Promise<unknown>
}

export interface Answer {
  readonly status: number | undefined
  readonly text: string
}

/** Sends over a real socket, with just the headers given, in the pieces given. */
export async function send(
  url: string,
  { method = 'POST', headers = {}, pieces = [BODY] as readonly (string | Buffer)[] } = {},
): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false }, async (incoming) => {
      let text = ''
      for await (const chunk of incoming) text += chunk
      resolve({ status: incoming.statusCode, text })
    })
    outgoing.on('error', reject)
    for (const piece of pieces) outgoing.write(piece)
    outgoing.end()
  })
}

/** What every framework must do alike, over real sockets. */
export function describeAdapter(name: string, start: (receiver: WebhookReceiver) => Promise<Running>): void {
  describe(name, () => {
    const onEvent = vi.fn()
    const onError = vi.fn()
    let receiver: WebhookReceiver
    let running: Running

    beforeEach(async () => {
      onEvent.mockReset()
      onError.mockReset()
      receiver = createReceiver({ secret: SECRET, onEvent, onError, bodyBytesMax: 100_000 })
      running = await start(receiver)
    })
    afterEach(async () => {
      await running.close()
    })

    test('a delivery is answered at once, and handled once though it comes twice', async () => {
      const headers = signed()
      expect(await send(running.url, { headers })).toEqual({ status: 200, text: 'ok' })
      expect(await send(running.url, { headers })).toEqual({ status: 200, text: 'duplicate' })
      await receiver.drain()
      expect(onEvent.mock.calls).toEqual([[JSON.parse(BODY), { deliveryId: headers['webhook-id'] }]])
      expect(onError).not.toHaveBeenCalled()
    })

    test('a body in pieces, with its length or without, is verified by its bytes', async () => {
      const bytes = Buffer.from(BODY)
      const pieces = [bytes.subarray(0, 81), bytes.subarray(81)]
      expect(await send(running.url, { headers: signed(), pieces })).toEqual({ status: 200, text: 'ok' })
      const headers = { ...signed(), 'content-length': String(bytes.length) }
      expect(await send(running.url, { headers, pieces })).toEqual({ status: 200, text: 'ok' })
    })

    test.each([['text/plain'], ['application/x-www-form-urlencoded'], ['application/json; charset=utf-8'], ['']])(
      'a content type of %j changes nothing',
      async (type) => {
        const { 'content-type': _, ...rest } = signed()
        const headers = type === '' ? rest : { ...rest, 'content-type': type }
        expect(await send(running.url, { headers })).toEqual({ status: 200, text: 'ok' })
      },
    )

    test('a wrong signature is answered 401 with its code', async () => {
      const pieces = [BODY.replace('success', 'failed')]
      expect(await send(running.url, { headers: signed(), pieces })).toEqual({
        status: 401,
        text: 'signature.mismatch',
      })
      expect(await send(running.url, { headers: {} })).toEqual({ status: 401, text: 'signature.missing' })
    })

    test('an empty body is refused by its signature', async () => {
      const headers = { ...signed(), 'content-length': '0' }
      expect(await send(running.url, { headers, pieces: [] })).toEqual({ status: 401, text: 'signature.mismatch' })
    })

    test('a body over the limit is answered 413', async () => {
      expect(await send(running.url, { headers: signed(), pieces: ['x'.repeat(100_001)] })).toEqual({
        status: 413,
        text: 'body.too_large',
      })
    })

    test('while it drains, the answer is 503', async () => {
      await receiver.drain()
      expect(await send(running.url, { headers: signed() })).toEqual({ status: 503, text: 'stopping' })
    })
  })
}
