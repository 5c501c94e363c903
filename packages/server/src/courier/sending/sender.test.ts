import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { startRawServer } from '../../../test/harness/raw-server.ts'
import { openSender } from '../../../test/harness/test-sender.ts'
import { useReceiver, useReceivers } from '../../../test/harness/use-receivers.ts'

const newReceiver = useReceivers()
const receiver = useReceiver()

describe('a request', () => {
  test('is a POST with exactly the headers and bytes that were given, and those of its connection', async () => {
    await using sender = openSender()
    const body = '{"text":"naïve ☎"}'
    const outcome = await sender.send(`${receiver.url}?a=1&b=%20#hidden`, {
      body,
      headers: [
        ['Content-Type', 'application/json'],
        ['X-Signature', 'abc'],
        ['webhook-id', '1'],
      ],
    })
    expect(outcome).toMatchObject({ failure: null, answer: { status: 200, body: 'ok', truncated: false } })
    const request = await receiver.request(1)
    expect(request).toMatchObject({ method: 'POST', path: '/hook?a=1&b=%20' })
    expect(request.body.toString()).toBe(body)
    expect(request.headers).toEqual([
      ['host', `127.0.0.1:${receiver.port}`],
      ['connection', 'keep-alive'],
      ['Content-Type', 'application/json'],
      ['X-Signature', 'abc'],
      ['webhook-id', '1'],
      ['content-length', String(Buffer.byteLength(body))],
    ])
  })

  test('never has the user and password of the URL in its target or its Host', async () => {
    await using sender = openSender()
    await sender.send(`http://user:hidden@127.0.0.1:${receiver.port}/hook`)
    const request = await receiver.request(1)
    expect(request.path).toBe('/hook')
    expect(JSON.stringify(request.headers)).not.toContain('hidden')
  })

  test('that cannot be written is an outcome, not an exception', async () => {
    await using sender = openSender()
    const outcome = await sender.send(receiver.url, { headers: [['X-Bad', 'a\r\nInjected: yes']] })
    expect(outcome).toMatchObject({ answer: null, failure: { cause: 'invalid_request' } })
    // Nothing was opened for it: the next request is the first one on its connection.
    expect((await sender.send(receiver.url)).timing.connectMs).not.toBeNull()
    expect(receiver.requests).toHaveLength(1)
  })
})

describe('connections', () => {
  test('are kept and used again: the first attempt tells what connecting took, the next ones nothing', async () => {
    await using sender = openSender()
    const first = await sender.send(receiver.url)
    await setImmediate()
    await setImmediate()
    const second = await sender.send(receiver.url)
    expect(first.timing).toMatchObject({ connectMs: expect.any(Number), tlsMs: null })
    expect(second.timing).toMatchObject({ dnsMs: null, connectMs: null, tlsMs: null })
    for (const { timing, remoteAddress } of [first, second]) {
      expect(remoteAddress).toBe(`127.0.0.1:${receiver.port}`)
      expect(timing.firstByteMs).toBeGreaterThan(0)
      expect(timing.totalMs).toBeGreaterThanOrEqual(timing.firstByteMs ?? 0)
    }
  })

  test('of attempts at the same time are told apart, also from those of other clients in the process', async () => {
    const others = await Promise.all([newReceiver(), newReceiver(), newReceiver()])
    await using one = openSender()
    await using two = openSender()
    const sent = others.flatMap((other) =>
      [one, two].map(async (sender) => ({ other, ...(await sender.send(other.url)) })),
    )
    const fetched = others.map((other) => fetch(other.url, { method: 'POST', body: 'x' }))
    for (const { other, remoteAddress, timing } of await Promise.all(sent)) {
      expect(remoteAddress).toBe(`127.0.0.1:${other.port}`)
      expect(timing.connectMs).not.toBeNull()
    }
    await Promise.all(fetched.map(async (response) => (await response).text()))
  })
})

test('closing ends what is under way at once, as interrupted: it says nothing about the receiver', async () => {
  const server = await startRawServer(({ request }) => request())
  const sender = openSender()
  const attempts = [1, 2].map(() => sender.send(`http://${server.authority}/hook`))
  while (server.connectionCount < 2) await setImmediate()
  sender.sender.close()
  for (const { failure } of await Promise.all(attempts)) expect(failure?.cause).toBe('interrupted')
  await server.ended(2)
  await server.close()
})
