import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Certificate, makeCertificate } from '../../../test/harness/certificates.ts'
import { startEgressProxy } from '../../../test/harness/egress-proxies.ts'
import { type Receiver, startReceiver } from '../../../test/harness/receiver.ts'
import type { TestProxy } from '../../../test/harness/serve-proxy.ts'
import { systemClock } from '../../lib/clock.ts'
import { createUrlGuard } from '../../webhooks/url-guard.ts'
import { createSender, type Sender } from './sender.ts'

/** Long enough for a slow machine: nothing here waits for it. */
const TIMEOUT_MS = 60_000

let certificate: Certificate
let receiver: Receiver
let proxy: TestProxy
let sender: Sender

beforeAll(async () => {
  certificate = await makeCertificate({ names: ['receiver.example'] })
})

const send = (url: string) => sender.send({ url: new URL(url), headers: [['X-Test', '1']], body: Buffer.from('{}') })

describe.each(['http', 'socks5'] as const)('through a proxy that speaks %s', (protocol) => {
  async function openSender(addresses: readonly string[], except: readonly string[] = []): Promise<void> {
    await sender?.close()
    sender = createSender({
      guard: createUrlGuard({
        allowHttpTargets: true,
        allowPrivateTargets: ['127.0.0.0/8', '::1/128'],
        resolve: async () => addresses,
      }),
      clock: systemClock,
      timeoutMs: TIMEOUT_MS,
      proxy: {
        protocol,
        hostname: '127.0.0.1',
        port: proxy.port,
        credentials: { user: 'me', password: 'sécret:1' },
        except,
      },
      trustedCertificates: [certificate.cert],
    })
  }

  beforeEach(async () => {
    receiver = await startReceiver()
    proxy = await startEgressProxy(protocol)
    await openSender(['127.0.0.1'])
  })
  afterEach(async () => {
    await sender.close()
    await receiver.close()
    await proxy.close()
  })

  test('it is asked for the address that was judged, with its credentials, and the receiver is recorded', async () => {
    const outcome = await send(`http://receiver.example:${receiver.port}/hook`)
    expect(outcome).toMatchObject({
      failure: null,
      answer: { status: 200 },
      remoteAddress: `127.0.0.1:${receiver.port}`,
    })
    expect(proxy.asked).toEqual([{ host: '127.0.0.1', port: receiver.port, credentials: 'me:sécret:1' }])
    const [request] = receiver.requests
    expect(request?.headers.map(([name]) => name.toLowerCase())).not.toContain('proxy-authorization')
  })

  test('a receiver that has IPv6 alone is reached by its address', async () => {
    const onSix = await startReceiver({ host: '::1' })
    await openSender(['::1'])
    const outcome = await send(`http://receiver.example:${onSix.port}/hook`)
    await onSix.close()
    expect(outcome).toMatchObject({ failure: null, remoteAddress: `[::1]:${onSix.port}` })
    expect(proxy.asked).toMatchObject([{ host: '::1', port: onSix.port }])
  })

  test.each([
    ['a name that leads to a private address', 'http://receiver.example/hook', ['10.0.0.1']],
    ['a name with one private address among public ones', 'http://receiver.example/hook', ['8.8.8.8', '10.0.0.1']],
    ['a private literal', 'http://10.0.0.1/hook', []],
    ['a private literal of IPv6', 'http://[fd00::1]/hook', []],
  ])('%s is blocked before the proxy hears of it', async (_what, url, addresses) => {
    await openSender(addresses)
    expect((await send(url)).failure?.cause).toBe('blocked_address')
    expect(proxy.asked).toEqual([])
  })

  test.each([
    ['a name', 'receiver.example', ['receiver.example']],
    ['all names below a domain', 'a.hooks.example', ['.hooks.example']],
    ['an address', '127.0.0.1', ['127.0.0.1']],
  ])('%s that is an exception is reached past the proxy', async (_what, host, except) => {
    await openSender(['127.0.0.1'], except)
    expect(await send(`http://${host}:${receiver.port}/hook`)).toMatchObject({ failure: null, answer: { status: 200 } })
    expect(proxy.asked).toEqual([])
  })

  test('an exception is for exactly what it names, and opens no address', async () => {
    await openSender(['127.0.0.1'], ['receiver.example', '.hooks.example'])
    for (const host of ['a.receiver.example', 'hooks.example', 'otherhooks.example']) {
      expect((await send(`http://${host}:${receiver.port}/hook`)).failure).toBeNull()
    }
    expect(proxy.asked).toHaveLength(3)
    await openSender(['10.0.0.1'], ['receiver.example'])
    expect((await send('http://receiver.example/hook')).failure?.cause).toBe('blocked_address')
  })

  test('an address that the proxy has no way to is followed by the next one of the name', async () => {
    await openSender(['::1', '127.0.0.1'])
    proxy.refuse('::1', protocol === 'http' ? 503 : 3)
    expect(await send(`http://receiver.example:${receiver.port}/hook`)).toMatchObject({
      failure: null,
      remoteAddress: `127.0.0.1:${receiver.port}`,
    })
    expect(proxy.asked.map(({ host }) => host)).toEqual(['::1', '127.0.0.1'])
  })

  test('one that is not there is ours to mend, and its address is no secret of the receiver', async () => {
    await proxy.close()
    expect((await send(receiver.url)).failure).toMatchObject({
      cause: 'proxy',
      message: expect.stringContaining('no connection to the egress proxy'),
    })
  })

  test('TLS is spoken with the receiver through it, and its certificate verified', async () => {
    const { key, cert } = certificate
    const server = createHttpsServer({ key, cert }, (_request, response) => response.end('ok'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const right = await send(`https://receiver.example:${port}/hook`)
    const wrong = await send(`https://other.example:${port}/hook`)
    server.closeAllConnections()
    server.close()
    expect(right).toMatchObject({ failure: null, answer: { status: 200 } })
    expect(right.timing.tlsMs).toBeGreaterThan(0)
    expect(wrong.failure?.cause).toBe('tls')
    expect(proxy.asked.map(({ host }) => host)).toEqual(['127.0.0.1', '127.0.0.1'])
  })
})
