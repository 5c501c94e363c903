import { randomBytes } from 'node:crypto'
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Certificate, makeCertificate } from '../../../test/harness/certificates.ts'
import { createMovedClock } from '../../../test/harness/moved-clock.ts'
import { openSender } from '../../../test/harness/test-sender.ts'

const NAME = 'receiver.example'
const HOUR_MS = 3_600_000

let certificate: Certificate
let stranger: Certificate
let ofOther: Certificate
beforeAll(async () => {
  certificate = await makeCertificate({ names: [NAME] })
  stranger = await makeCertificate({ names: [NAME] })
  ofOther = await makeCertificate({ names: ['other.example'] })
})

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

/** A receiver that ends each connection after its answer, and tells of each handshake whether it was one of a known session. */
async function serve(options: TlsOptions = {}) {
  const resumed: boolean[] = []
  const server = createServer({ ...certificate, ...options }, (socket: TLSSocket) => {
    resumed.push(socket.isSessionReused())
    socket.on('error', () => {})
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok'))
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  const { port } = server.address() as { port: number }
  return { server, resumed, url: `https://${NAME}:${port}/hook` }
}

const DELIVERED = { failure: null, answer: { status: 200, body: 'ok' }, timing: { tlsMs: expect.any(Number) } }
const refused = (why: string) => ({ answer: null, failure: { cause: 'tls', message: expect.stringContaining(why) } })

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (version) => {
  const only: TlsOptions = { minVersion: version, maxVersion: version }

  test('a receiver that was reached before is greeted with its session', async () => {
    const { url, resumed } = await serve(only)
    await using sender = openSender({ trustedCertificates: [certificate.cert] })
    for (let count = 0; count < 3; count++) expect(await sender.send(url)).toMatchObject(DELIVERED)
    expect(resumed).toEqual([false, true, true])
  })

  test('its certificate is asked for once an hour, however many sessions followed each other', async () => {
    const { url, resumed } = await serve(only)
    const clock = createMovedClock()
    await using sender = openSender({ trustedCertificates: [certificate.cert], clock })
    for (let count = 0; count < 4; count++) {
      expect(await sender.send(url)).toMatchObject(DELIVERED)
      clock.move(0.4 * HOUR_MS)
    }
    expect(resumed).toEqual([false, true, true, false])
  })

  // The name is compared by Node, which does not where a session is known.
  test.each([
    ['that nobody signed', () => stranger, 'self-signed'],
    ['for another name', () => ofOther, 'altnames'],
  ])('no session comes of a certificate %s: it is refused each time', async (_what, shown, why) => {
    const { url } = await serve({ ...only, ...shown() })
    await using sender = openSender({ trustedCertificates: [ofOther.cert] })
    for (let count = 0; count < 3; count++) expect(await sender.send(url)).toMatchObject(refused(why))
  })

  test('who does not know the session shows a certificate, which is judged', async () => {
    const { server, url, resumed } = await serve(only)
    await using sender = openSender({ trustedCertificates: [certificate.cert] })
    expect(await sender.send(url)).toMatchObject(DELIVERED)
    server.setTicketKeys(randomBytes(48))
    expect(await sender.send(url)).toMatchObject(DELIVERED)
    server.setSecureContext({ ...stranger, ...only })
    server.setTicketKeys(randomBytes(48))
    expect(await sender.send(url)).toMatchObject(refused('self-signed'))
    expect(resumed.slice(0, 2)).toEqual([false, false])
  })
})

test('a session is for one host and port: others show their own certificate', async () => {
  const known = await serve()
  const other = await serve({ ...stranger })
  await using sender = openSender({ trustedCertificates: [certificate.cert] })
  expect(await sender.send(known.url)).toMatchObject(DELIVERED)
  expect(await sender.send(other.url)).toMatchObject(refused('self-signed'))
})

test('a handshake that fails is not tried with the same session again', async () => {
  const { server, url, resumed } = await serve()
  await using sender = openSender({ trustedCertificates: [certificate.cert] })
  expect(await sender.send(url)).toMatchObject(DELIVERED)
  server.once('connection', (socket) => socket.destroy())
  expect(await sender.send(url)).toMatchObject({ answer: null, failure: { cause: 'tls' } })
  expect(await sender.send(url)).toMatchObject(DELIVERED)
  expect(resumed).toEqual([false, false])
})
