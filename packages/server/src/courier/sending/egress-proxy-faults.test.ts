import net, { type AddressInfo, type Server } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { startEgressProxy } from '../../../test/harness/egress-proxies.ts'
import type { TestProxy } from '../../../test/harness/serve-proxy.ts'
import { startSocksProxy } from '../../../test/harness/socks-proxy.ts'
import { createStandingClock } from '../../../test/harness/standing-clock.ts'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { createUrlGuard } from '../../webhooks/url-guard.ts'
import { openTunnel } from './egress-proxy.ts'
import { createSender } from './sender.ts'
import type { EgressProxy } from './tunnel.ts'

const TIMEOUT_MS = 60_000

let proxy: Pick<TestProxy, 'port' | 'close'> | null = null
afterEach(async () => {
  await proxy?.close()
  proxy = null
})

/** Sends to a receiver whose proxy is as it is; nobody listens behind it. */
async function failureThrough(
  protocol: EgressProxy['protocol'],
  port: number,
  { password = 'secret', clock = systemClock }: { password?: string; clock?: Clock } = {},
) {
  const sender = createSender({
    guard: createUrlGuard({
      allowHttpTargets: true,
      allowPrivateTargets: ['127.0.0.1/32'],
      resolve: async () => ['127.0.0.1'],
    }),
    clock,
    timeoutMs: TIMEOUT_MS,
    proxy: { protocol, hostname: '127.0.0.1', port, credentials: { user: 'me', password }, except: [] },
  })
  const { failure } = await sender.send({
    url: new URL('http://receiver.example:9/'),
    headers: [],
    body: Buffer.from('{}'),
  })
  await sender.close()
  return failure
}

test.each([403, 407, 500])('an HTTP proxy that answers %i is ours to mend: the cause is proxy', async (status) => {
  const http = await startEgressProxy('http')
  proxy = http
  http.refuse('127.0.0.1', status)
  expect(await failureThrough('http', http.port)).toEqual({
    cause: 'proxy',
    message: `the egress proxy answered ${status}`,
  })
})

test.each([502, 503, 504])(
  'an HTTP proxy that answers %i speaks of the receiver, as without a proxy',
  async (status) => {
    const http = await startEgressProxy('http')
    proxy = http
    http.refuse('127.0.0.1', status)
    expect(await failureThrough('http', http.port)).toEqual({
      cause: 'connect',
      message: expect.stringContaining(`did not reach the receiver: it answered ${status}`),
    })
  },
)

describe('a SOCKS5 proxy', () => {
  test.each([
    [1, 'the egress proxy refused: Failure'],
    [2, 'the egress proxy refused: NotAllowed'],
    [3, 'the egress proxy refused: NetworkUnreachable'],
    [7, 'the egress proxy refused: CommandNotSupported'],
    [8, 'the egress proxy refused: AddressNotSupported'],
    [99, 'the egress proxy refused: undefined'],
  ])('that replies %i speaks of itself: the cause is proxy', async (reply, message) => {
    const socks = await startSocksProxy()
    proxy = socks
    socks.refuse('127.0.0.1', reply)
    expect(await failureThrough('socks5', socks.port)).toEqual({ cause: 'proxy', message })
  })

  test.each([
    [4, 'cannot reach the host'],
    [5, 'refused the connection'],
    [6, 'no answer from the host'],
  ])('that replies %i speaks of the receiver, which is charged as without a proxy', async (reply, words) => {
    const socks = await startSocksProxy()
    proxy = socks
    socks.refuse('127.0.0.1', reply)
    const message = expect.stringContaining(words)
    expect(await failureThrough('socks5', socks.port)).toEqual({ cause: 'connect', message })
  })

  test('that does not know the password says so, and the text does not give the password away', async () => {
    proxy = await startSocksProxy({ credentials: 'me:another' })
    expect(await failureThrough('socks5', proxy.port, { password: 'wr0ng' })).toEqual({
      cause: 'proxy',
      message: 'the egress proxy failed: Socks5 Authentication failed',
    })
  })

  test.each([
    ['an HTTP server', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['one that wants another way to sign in', Buffer.of(5, 0xff)],
    ['one that chooses a way that was not offered', Buffer.of(5, 1)],
    ['one that speaks SOCKS4', Buffer.of(4, 0)],
  ])('that is %s is ours to mend', async (_what, says) => {
    proxy = await startSocksProxy({ says })
    expect((await failureThrough('socks5', proxy.port))?.cause).toBe('proxy')
  })

  test('that closes the connection is ours to mend', async () => {
    const server = net.createServer((client) => client.on('error', () => {}).destroy())
    proxy = await listening(server)
    expect((await failureThrough('socks5', proxy.port))?.cause).toBe('proxy')
  })

  test('that says nothing is told from a receiver that says nothing, before the deadline', async () => {
    const clock = createStandingClock()
    const server = net.createServer((client) => {
      client.on('error', () => client.destroy())
      client.once('data', () => clock.move(TIMEOUT_MS / 2))
    })
    proxy = await listening(server)
    expect(await failureThrough('socks5', proxy.port, { clock })).toEqual({
      cause: 'proxy',
      message: `the egress proxy said nothing within ${TIMEOUT_MS / 2} ms`,
    })
  })

  test('that has greeted and then waits for the receiver has the whole deadline, which is charged to the receiver', async () => {
    const clock = createStandingClock()
    const server = net.createServer((client) => {
      client.on('error', () => client.destroy())
      client.once('data', () => {
        client.write(Buffer.of(5, 0))
        client.once('data', () => {
          // The library that speaks SOCKS has a timer of its own.
          vi.advanceTimersByTime(TIMEOUT_MS - 1)
          setImmediate(() => clock.move(TIMEOUT_MS))
        })
      })
    })
    proxy = await listening(server)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      expect((await failureThrough('socks5', proxy.port, { clock }))?.cause).toBe('timeout')
    } finally {
      vi.useRealTimers()
    }
  })
})

test('a proxy hears nothing of an attempt that ended before its name was known', async () => {
  const http = await startEgressProxy('http')
  proxy = http
  http.refuse('93.184.215.14', 403)
  const names = Promise.withResolvers<string[]>()
  const ended = new AbortController()
  const opening = openTunnel(
    { protocol: 'http', hostname: '127.0.0.1', port: http.port, credentials: null, except: [] },
    { hostname: 'receiver.example', port: 9 },
    {
      guard: createUrlGuard({ allowHttpTargets: true, allowPrivateTargets: [], resolve: () => names.promise }),
      signal: ended.signal,
      onResolved: () => {},
      clock: createStandingClock(),
      timeoutMs: TIMEOUT_MS,
    },
  )
  ended.abort()
  names.resolve(['93.184.215.14'])
  await expect(opening).rejects.toBe(ended.signal.reason)
  expect(http.asked).toEqual([])
})

async function listening(server: Server): Promise<Pick<TestProxy, 'port' | 'close'>> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) }
}
