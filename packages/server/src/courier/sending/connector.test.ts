import net from 'node:net'
import type { TLSSocket } from 'node:tls'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type Certificate, makeCertificate } from '../../../test/harness/certificates.ts'
import { startDnsServer } from '../../../test/harness/dns-server.ts'
import { type RawConnection, startRawServer } from '../../../test/harness/raw-server.ts'
import { createStandingClock } from '../../../test/harness/standing-clock.ts'
import { openSender } from '../../../test/harness/test-sender.ts'
import { useRawServers } from '../../../test/harness/use-raw-servers.ts'
import { systemClock } from '../../lib/clock.ts'
import { createDnsResolve } from '../../webhooks/dns-resolve.ts'
import { BlockedAddressError, createUrlGuard } from '../../webhooks/url-guard.ts'
import { createConnector } from './connector.ts'

const NAME = 'receiver.example'
/** Longer than any test. */
const LONG_MS = 600_000
const YESTERDAY = new Date(Date.now() - 86_400_000)

let certificate: Certificate
let forAddress: Certificate
let expired: Certificate
beforeAll(async () => {
  certificate = await makeCertificate({ names: [NAME] })
  forAddress = await makeCertificate({ addresses: ['127.0.0.1', '::1'] })
  expired = await makeCertificate({ names: [NAME], notAfter: YESTERDAY })
})

const serve = useRawServers()

async function answer({ socket, request }: RawConnection) {
  for (;;) {
    await request()
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  }
}

const DELIVERED = { failure: null, answer: { status: 200, body: 'ok' } }

describe('TLS', () => {
  test('a receiver that is trusted is reached by its name, which it is told, over HTTP/1.1 only', async () => {
    const seen: unknown[] = []
    const server = await serve(
      (connection) => {
        const { servername, alpnProtocol } = connection.socket as TLSSocket & { servername: string }
        seen.push({ servername, alpnProtocol })
        return answer(connection)
      },
      { tls: { ...certificate, ALPNProtocols: ['h2', 'http/1.1'] } },
    )
    await using sender = openSender({ trustedCertificates: [certificate.cert] })
    const outcome = await sender.send(`https://${NAME}:${server.port}/hook`)
    expect(outcome).toMatchObject({ ...DELIVERED, remoteAddress: server.authority })
    expect(outcome.timing.dnsMs).toBeGreaterThanOrEqual(0)
    expect(outcome.timing.connectMs).toBeGreaterThanOrEqual(0)
    expect(outcome.timing.tlsMs).toBeGreaterThan(0)
    expect(seen).toEqual([{ servername: NAME, alpnProtocol: 'http/1.1' }])
  })

  test('a connection is used again: one handshake for many requests', async () => {
    const server = await serve(answer, { tls: { ...certificate } })
    await using sender = openSender({ trustedCertificates: [certificate.cert] })
    const url = `https://${NAME}:${server.port}/hook`
    const first = await sender.send(url)
    expect(first.timing.tlsMs).toBeGreaterThan(0)
    for (let count = 0; count < 5; count++) {
      const next = await sender.send(url, { body: 'x'.repeat(100_000) })
      expect(next).toMatchObject({ ...DELIVERED, timing: { connectMs: null, tlsMs: null } })
    }
    expect(server.connectionCount).toBe(1)
  })

  test.each(['127.0.0.1', '::1'])('a receiver at the address %s is told no name', async (host) => {
    const names: unknown[] = []
    const server = await serve(
      (connection) => {
        names.push((connection.socket as TLSSocket & { servername: string | false }).servername)
        return answer(connection)
      },
      { host, tls: { ...forAddress } },
    )
    await using sender = openSender({ trustedCertificates: [forAddress.cert] })
    const outcome = await sender.send(`https://${server.authority}/hook`)
    expect(outcome).toMatchObject({ ...DELIVERED, remoteAddress: server.authority })
    expect(names).toEqual([false])
  })

  test.each([
    ['that nobody signed', () => certificate, NAME, () => [], 'self-signed'],
    ['that has expired', () => expired, NAME, () => [expired.cert], 'expired'],
    ['for another name', () => certificate, 'other.example', () => [certificate.cert], 'altnames'],
    ['for a name, reached by address', () => certificate, '127.0.0.1', () => [certificate.cert], 'altnames'],
  ])('a certificate %s is refused: nothing is sent', async (_what, ofServer, host, trusted, message) => {
    const received: Buffer[] = []
    const server = await serve(({ socket }) => socket.on('data', (chunk: Buffer) => received.push(chunk)), {
      tls: { ...ofServer() },
    })
    await using sender = openSender({ trustedCertificates: trusted() })
    const outcome = await sender.send(`https://${host}:${server.port}/hook`)
    expect(outcome).toMatchObject({
      answer: null,
      failure: { cause: 'tls', message: expect.stringContaining(message) },
    })
    await server.ended(1)
    expect(received).toEqual([])
  })

  test('certificates are verified whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
    const server = await serve(answer, { tls: { ...certificate } })
    await using sender = openSender()
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    try {
      const outcome = await sender.send(`https://${NAME}:${server.port}/hook`)
      expect(outcome).toMatchObject({ answer: null, failure: { cause: 'tls' } })
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    }
  })

  test.each<[what: string, behave: (connection: RawConnection) => unknown]>([
    ['speaks plain HTTP', ({ socket }) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))],
    ['breaks off the handshake', ({ socket }) => socket.once('data', () => socket.resetAndDestroy())],
    ['closes in the handshake', ({ socket }) => socket.once('data', () => socket.end())],
  ])('a receiver that %s is the cause `tls`', async (_what, behave) => {
    const server = await serve(behave)
    await using sender = openSender()
    const outcome = await sender.send(`https://${NAME}:${server.port}/hook`)
    expect(outcome).toMatchObject({ answer: null, failure: { cause: 'tls' } })
    expect(server.connectionCount).toBe(1)
  })
})

describe('steps before the connection', () => {
  test('a port where nobody listens is the cause `connect`', async () => {
    const server = await startRawServer(answer)
    await server.close()
    await using sender = openSender()
    expect(await sender.send(`http://${server.authority}/hook`)).toMatchObject({
      answer: null,
      failure: { cause: 'connect', message: expect.stringContaining('ECONNREFUSED') },
      remoteAddress: null,
    })
  })

  test('of a name that leads to several addresses, one that answers is enough', async () => {
    // Not 127.0.0.1: the same port there may be a server of another test.
    const server = await serve(answer, { host: '127.0.0.2' })
    await using sender = openSender({ resolve: async () => ['127.0.0.9', '127.0.0.2'] })
    const outcome = await sender.send(`http://${NAME}:${server.port}/hook`)
    expect(outcome).toMatchObject({ ...DELIVERED, remoteAddress: server.authority })
  })

  test.each([
    ['1.5 s', 10_000, 1_500],
    ['a quarter of the deadline', 1_001, 251],
  ])('each of several addresses has %s to answer', async (_what, timeoutMs, addressMs) => {
    const server = await serve(answer)
    const connect = vi.spyOn(net, 'connect')
    try {
      // The deadline itself is never met.
      await using sender = openSender({ timeoutMs, clock: createStandingClock() })
      expect(await sender.send(`http://${NAME}:${server.port}/hook`)).toMatchObject(DELIVERED)
      expect(connect).toHaveBeenCalledWith(expect.objectContaining({ autoSelectFamilyAttemptTimeout: addressMs }))
    } finally {
      connect.mockRestore()
    }
  })

  test('of a name that leads to several addresses and none answers, the cause is the first one’s', async () => {
    // Keeps the port, at another address.
    const server = await serve(answer)
    await using sender = openSender({ resolve: async () => ['127.0.0.8', '127.0.0.9'] })
    const outcome = await sender.send(`http://${NAME}:${server.port}/hook`)
    expect(outcome.failure).toEqual({
      cause: 'connect',
      message: `no connection: connect ECONNREFUSED 127.0.0.8:${server.port}`,
    })
  })

  test.each(['ENOTFOUND', 'EAI_AGAIN', 'ESERVFAIL'])(
    'a name that DNS answers with %s is the cause `dns`',
    async (code) => {
      await using sender = openSender({ resolve: () => Promise.reject(Object.assign(new Error('dns'), { code })) })
      const outcome = await sender.send(`http://${NAME}/hook`)
      expect(outcome.failure).toEqual({ cause: 'dns', message: `the name could not be resolved (${code})` })
    },
  )

  test('names whose name servers are silent keep the receivers of others waiting for nothing', async () => {
    const server = await serve(answer)
    const dns = await startDnsServer((name) => (name.endsWith('.dead.example') ? 'silence' : ['127.0.0.1']))
    const resolve = createDnsResolve({ clock: systemClock, nameServers: () => [dns.authority], silenceMsMax: LONG_MS })
    await using sender = openSender({ resolve, timeoutMs: LONG_MS })
    let ended = 0
    const dead = Array.from({ length: 50 }, async (_, index) => {
      await sender.send(`http://${index}.dead.example/hook`)
      ended++
    })
    expect(await sender.send(`http://good.example:${server.port}/hook`)).toMatchObject(DELIVERED)
    expect(ended).toBe(0)
    sender.sender.close()
    await Promise.all(dead)
    await dns.close()
  })

  test('a name without addresses is the cause `dns`', async () => {
    await using sender = openSender({ resolve: async () => [] })
    expect((await sender.send(`http://${NAME}/hook`)).failure?.cause).toBe('dns')
  })
})

describe('the guard at connect', () => {
  const blocked = (range: string) => ({
    answer: null,
    failure: { cause: 'blocked_address', message: expect.stringContaining(range) },
    remoteAddress: null,
  })

  test('a name that turned private after it was saved is not connected to (rebinding)', async () => {
    const server = await serve(answer)
    const answers = [['93.184.215.14'], ['127.0.0.1']]
    const resolve = async () => answers.shift() ?? []
    const guard = createUrlGuard({ allowHttpTargets: true, allowPrivateTargets: [], resolve })
    const url = await guard.checkUrl(`http://${NAME}:${server.port}/hook`)
    await using sender = openSender({ allowPrivateTargets: [], resolve })
    expect(await sender.send(url)).toMatchObject(blocked('loopback'))
    expect(server.connectionCount).toBe(0)
  })

  test('one private address among public ones is enough to stop', async () => {
    const server = await serve(answer)
    await using sender = openSender({ allowPrivateTargets: [], resolve: async () => ['93.184.215.14', '127.0.0.1'] })
    expect(await sender.send(`http://${NAME}:${server.port}/hook`)).toMatchObject(blocked('loopback'))
    expect(server.connectionCount).toBe(0)
  })

  test.each([
    'http://127.0.0.1',
    'http://0x7f000001',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'https://127.0.0.1',
    'http://localhost',
  ])('%s is not connected to', async (origin) => {
    const server = await serve(answer)
    await using sender = openSender({ allowPrivateTargets: [] })
    const outcome = await sender.send(`${origin}:${server.port}/hook`)
    expect(outcome.failure?.cause).toBe('blocked_address')
    expect(server.connectionCount).toBe(0)
  })

  test('IPv6 loopback is reached when its block is allowed, and recorded with brackets', async () => {
    const server = await serve(answer, { host: '::1' })
    await using sender = openSender({ allowPrivateTargets: ['::1/128'] })
    const outcome = await sender.send(`http://[::1]:${server.port}/hook`)
    expect(outcome).toMatchObject({ ...DELIVERED, remoteAddress: `[::1]:${server.port}` })
  })

  test('the address that was really reached has the last word: not a byte is sent to a wrong one', async () => {
    let received = 0
    const server = await serve(({ socket }) => socket.on('data', () => received++))
    const guard = createUrlGuard({ allowHttpTargets: true, allowPrivateTargets: [] })
    const connect = createConnector({
      // As if the system had resolved the name once more, past the guard.
      guard: { ...guard, lookup: (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) },
      clock: systemClock,
      timeoutMs: 5_000,
    })
    const connecting = connect(new URL(`http://${NAME}:${server.port}`), new AbortController().signal)
    await expect(connecting).rejects.toBeInstanceOf(BlockedAddressError)
    await server.ended(1)
    expect(received).toBe(0)
  })
})
