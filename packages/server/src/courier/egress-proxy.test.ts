import { createServer, type Server } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeCertificate } from '../../test/harness/certificates.ts'
import { type Receiver, startReceiver } from '../../test/harness/receiver.ts'
import { systemClock } from '../lib/clock.ts'
import { createUrlGuard } from '../webhooks/url-guard.ts'
import { createSender, type Sender } from './sender.ts'

let receiver: Receiver
let proxy: Server
/** What the proxy was asked to connect to, and with which credentials. */
let asked: { authority: string; authorization: string | undefined }[]
let answer: number
let sender: Sender

const CREDENTIALS = 'me:secret'

function openSender(resolve: () => Promise<readonly string[]>, except: readonly string[] = []): Sender {
  const { port } = proxy.address() as AddressInfo
  return createSender({
    guard: createUrlGuard({ allowHttpTargets: true, allowPrivateTargets: ['127.0.0.1/32'], resolve }),
    clock: systemClock,
    timeoutMs: 5_000,
    proxy: { hostname: '127.0.0.1', port, credentials: CREDENTIALS, except },
  })
}

beforeEach(async () => {
  receiver = await startReceiver()
  asked = []
  answer = 200
  proxy = createServer((_request, response) => response.writeHead(405).end())
  proxy.on('connect', (request, client) => {
    client.on('error', () => {})
    asked.push({ authority: request.url ?? '', authorization: request.headers['proxy-authorization'] })
    if (answer !== 200) return void client.end(`HTTP/1.1 ${answer} No\r\n\r\n`)
    const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(request.url ?? '') ?? []
    const server = net.connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      server.pipe(client)
      client.pipe(server)
    })
    server.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  sender = openSender(async () => ['127.0.0.1'])
})
afterEach(async () => {
  await sender.close()
  await receiver.close()
  proxy.closeAllConnections()
  proxy.close()
})

const send = (url: string) => sender.send({ url: new URL(url), headers: [['X-Test', '1']], body: Buffer.from('{}') })

test('the proxy is asked for the address that was judged, with its credentials, and the receiver is recorded', async () => {
  const outcome = await send(`http://receiver.example:${receiver.port}/hook`)
  expect(outcome).toMatchObject({
    failure: null,
    answer: { status: 200 },
    remoteAddress: `127.0.0.1:${receiver.port}`,
  })
  expect(asked).toEqual([
    {
      authority: `127.0.0.1:${receiver.port}`,
      authorization: `Basic ${Buffer.from(CREDENTIALS).toString('base64')}`,
    },
  ])
  const [request] = receiver.requests
  expect(request?.headers.map(([name]) => name.toLowerCase())).not.toContain('proxy-authorization')
})

test.each([
  ['a name that leads to a private address', 'http://receiver.example/hook', ['10.0.0.1']],
  ['a name with one private address among public ones', 'http://receiver.example/hook', ['8.8.8.8', '10.0.0.1']],
  ['a private literal', 'http://10.0.0.1/hook', []],
])('%s is blocked before the proxy hears of it', async (_what, url, addresses) => {
  await sender.close()
  sender = openSender(async () => addresses)
  expect((await send(url)).failure?.cause).toBe('blocked_address')
  expect(asked).toEqual([])
})

test.each([
  ['a name', 'receiver.example', ['receiver.example']],
  ['all names below a domain', 'a.hooks.example', ['.hooks.example']],
  ['an address', '127.0.0.1', ['127.0.0.1']],
])('%s that is an exception is reached past the proxy', async (_what, host, except) => {
  await sender.close()
  sender = openSender(async () => ['127.0.0.1'], except)
  expect(await send(`http://${host}:${receiver.port}/hook`)).toMatchObject({ failure: null, answer: { status: 200 } })
  expect(asked).toEqual([])
})

test('an exception is for exactly what it names, and opens no address', async () => {
  await sender.close()
  sender = openSender(async () => ['127.0.0.1'], ['receiver.example', '.hooks.example'])
  for (const host of ['a.receiver.example', 'hooks.example', 'otherhooks.example']) {
    expect((await send(`http://${host}:${receiver.port}/hook`)).failure).toBeNull()
  }
  expect(asked).toHaveLength(3)
  await sender.close()
  sender = openSender(async () => ['10.0.0.1'], ['receiver.example'])
  expect((await send('http://receiver.example/hook')).failure?.cause).toBe('blocked_address')
})

test.each([403, 407, 502])('a proxy that answers %i is ours to mend: the cause is proxy', async (status) => {
  answer = status
  const outcome = await send(`http://receiver.example:${receiver.port}/hook`)
  expect(outcome.failure).toEqual({ cause: 'proxy', message: `the egress proxy answered ${status}` })
})

test('a proxy that is not there is ours to mend, and its address is no secret of the receiver', async () => {
  proxy.closeAllConnections()
  await new Promise((resolve) => proxy.close(resolve))
  expect((await send(receiver.url)).failure).toMatchObject({ cause: 'proxy' })
})

test('TLS is verified behind the proxy as without it', async () => {
  const { createServer: createTlsServer } = await import('node:tls')
  const { key, cert } = await makeCertificate({ names: ['other.example'] })
  const server = createTlsServer({ key, cert }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  expect((await send(`https://receiver.example:${port}/hook`)).failure?.cause).toBe('tls')
  expect(asked).toHaveLength(1)
  server.close()
})
