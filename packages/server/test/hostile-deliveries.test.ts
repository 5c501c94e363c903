import { setImmediate } from 'node:timers/promises'
import { type DeliveryStatus, RESPONSE_KEPT_BYTES_MAX } from '@ringback/contract'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createLog } from '../src/lib/log.ts'
import { createVault } from '../src/webhooks/secret-vault.ts'
import { makeCertificate } from './harness/certificates.ts'
import { queryDatabase } from './harness/query-database.ts'
import type { RawConnection } from './harness/raw-server.ts'
import { headerOf } from './harness/receiver.ts'
import { describeEngines, freePort, type Ringback } from './harness/ringback.ts'
import { talkTo } from './harness/talk.ts'
import { until } from './harness/until.ts'
import { useRawServers } from './harness/use-raw-servers.ts'
import { useReceivers } from './harness/use-receivers.ts'
import { useRingback } from './harness/use-ringback.ts'

/*
 * What a hostile receiver does to one request is in hostile-receivers.test.ts; here is what it does to a whole Ringback,
 * and what people find in the record.
 */

/** The deadline of an attempt, which these tests never wait for: they move the clock. */
const TIMEOUT_MS = 10_000

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

const serve = useRawServers()

/** A receiver that answers every request with these bytes. */
function answering(answer: string) {
  return async ({ socket, request }: RawConnection) => {
    for (;;) {
      await request()
      socket.write(Buffer.from(answer, 'latin1'))
    }
  }
}

const hanging = ({ request }: RawConnection) => request()

/** Ways to tell a Ringback to send something to a URL, as the one delivery of a job, and to see what came of it. */
function tellBy(ringback: Ringback) {
  const { dispatch, deliveryOf } = talkTo(() => ringback)
  return {
    tell: (url: string) => dispatch({ 'Job-Webhook': url }),
    delivery: (jobId: string, status: DeliveryStatus) => deliveryOf(jobId, `status=${status}`),
  }
}

describeEngines('hostile receivers', (createDatabase) => {
  let certificate: { cert: string; key: string }
  beforeAll(async () => {
    certificate = await makeCertificate({ names: ['localhost'] })
  })
  const logLines: string[] = []
  const ringback = useRingback(
    createDatabase,
    () => ({
      env: { RINGBACK_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8,::1/128', RINGBACK_WEBHOOK_RETRY_SCHEDULE: '' },
      log: createLog('debug', { write: (line) => logLines.push(line) }),
      trustedCertificates: [certificate.cert],
    }),
    'suite',
  )
  const newReceiver = useReceivers()
  const { tell, delivery } = tellBy(ringback)

  beforeAll(async () => {
    await ringback.call('PATCH', '/api/v1/webhooks/default', { secret: 'a secret of mine' })
  })

  describe('every failure is on record with its cause, a sentence and what was answered', () => {
    const answers: [what: string, answer: string, cause: string, response: object | null][] = [
      [
        'an error status',
        'HTTP/1.1 500 Oops\r\nContent-Length: 6\r\n\r\nbroken',
        'status',
        { status: 500, body: 'broken' },
      ],
      ['a redirect', 'HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n', 'redirect', { status: 302 }],
      ['garbage', 'SSH-2.0-OpenSSH_9.9\r\n', 'protocol', null],
      [
        'garbage in the body',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n',
        'protocol',
        { status: 200, body: 'hello' },
      ],
    ]
    test.each(answers)('%s', async (_what, answer, cause, response) => {
      const server = await serve(answering(answer))
      const jobId = await tell(`http://${server.authority}/hook`)
      const { attempts, last_cause } = await delivery(jobId, 'failed')
      expect(last_cause).toBe(cause)
      expect(attempts).toHaveLength(1)
      expect(attempts[0]).toMatchObject({
        number: 1,
        cause,
        message: expect.stringMatching(/\w/),
        remote_address: server.authority,
        request: { method: 'POST', url: `http://${server.authority}/hook` },
        ...(response && { response }),
      })
      if (response === null) expect(attempts[0]?.response).toBeNull()
    })

    test.each([301, 302, 303, 307, 308])('a redirect by %i, and where it leads is never asked', async (status) => {
      const target = await newReceiver()
      const server = await serve(
        answering(`HTTP/1.1 ${status} Moved\r\nLocation: ${target.url}\r\nContent-Length: 0\r\n\r\n`),
      )
      const { attempts } = await delivery(await tell(`http://${server.authority}/`), 'failed')
      expect(attempts).toMatchObject([{ cause: 'redirect', response: { status }, remote_address: server.authority }])
      expect(target.requests).toEqual([])
    })

    test('a connection that breaks', async () => {
      const server = await serve(({ socket, request }) => request().then(() => socket.resetAndDestroy()))
      const { attempts } = await delivery(await tell(`http://${server.authority}/`), 'failed')
      expect(attempts).toMatchObject([{ cause: 'reset', response: null, remote_address: server.authority }])
    })

    test('a port where nobody listens', async () => {
      const port = await freePort()
      const { attempts } = await delivery(await tell(`http://127.0.0.1:${port}/`), 'failed')
      expect(attempts).toMatchObject([{ cause: 'connect', response: null, remote_address: null }])
    })

    test('a certificate that nobody signed, and plain HTTP where TLS was meant', async () => {
      const stranger = await serve(answering(OK), { tls: { ...(await makeCertificate({ names: ['localhost'] })) } })
      const plain = await serve(({ socket }) => socket.once('data', () => socket.end(OK)))
      for (const { port } of [stranger, plain]) {
        const { attempts } = await delivery(await tell(`https://localhost:${port}/`), 'failed')
        expect(attempts).toMatchObject([{ cause: 'tls', response: null }])
      }
    })

    test('the deadline, with what was said until then', async () => {
      const started = Promise.withResolvers<void>()
      const server = await serve(async ({ socket, request }) => {
        await request()
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhel', () => started.resolve())
      })
      const jobId = await tell(`http://${server.authority}/`)
      await started.promise
      // The answer has arrived when a later one on the same machine has.
      await delivery(await tell(`http://${(await serve(answering(OK))).authority}/`), 'delivered')
      ringback.clock.move(TIMEOUT_MS)
      const { attempts } = await delivery(jobId, 'failed')
      expect(attempts).toMatchObject([{ cause: 'timeout', response: { status: 200, body: 'hel', truncated: false } }])
      expect(attempts[0]?.timing.total_ms).toBeGreaterThanOrEqual(TIMEOUT_MS)
      await server.ended(1)
    })
  })

  test('bytes that are no text are kept as far as text can hold them', async () => {
    const server = await serve(
      answering('HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\nContent-Length: 8\r\n\r\n\x00a\xff\xfe\xed\xa0\x80b'),
    )
    const { attempts } = await delivery(await tell(`http://${server.authority}/`), 'delivered')
    expect(attempts[0]?.response?.headers).toContainEqual(['X-Name', 'café'])
    expect(attempts[0]?.response?.body).toMatch(/^\uFFFDa\uFFFD+b$/)
  })

  test('a 2xx with a flood behind it is delivered; 16 KiB of it are kept', async () => {
    const server = await serve(async ({ socket, request }) => {
      await request()
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      const pour = () => {
        while (!socket.destroyed && socket.write('y'.repeat(65_536)));
      }
      socket.on('drain', pour)
      pour()
    })
    const { attempts } = await delivery(await tell(`http://${server.authority}/`), 'delivered')
    expect(attempts).toMatchObject([{ cause: null, response: { status: 200, truncated: true } }])
    expect(attempts[0]?.response?.body).toBe('y'.repeat(RESPONSE_KEPT_BYTES_MAX))
    await server.ended(1)
  })

  test('a kept connection that breaks at reuse is one attempt on record, and delivered', async () => {
    const requests: string[] = []
    const server = await serve(async ({ socket, number, request }) => {
      for (let count = 1; ; count++) {
        await request()
        requests.push(`${number}.${count}`)
        if (number === 1 && count === 2) return socket.resetAndDestroy()
        socket.write(OK)
      }
    })
    await delivery(await tell(`http://${server.authority}/`), 'delivered')
    const { attempts } = await delivery(await tell(`http://${server.authority}/`), 'delivered')
    expect(attempts).toHaveLength(1)
    expect(attempts[0]).toMatchObject({ number: 1, cause: null })
    expect(requests).toEqual(['1.1', '1.2', '2.1'])
  })

  test('a receiver with a certificate that is trusted is reached by TLS', async () => {
    const server = await serve(answering(OK), { tls: { ...certificate } })
    const { attempts } = await delivery(await tell(`https://localhost:${server.port}/hook`), 'delivered')
    expect(attempts[0]).toMatchObject({
      remote_address: server.authority,
      timing: { dns_ms: expect.any(Number), connect_ms: expect.any(Number), tls_ms: expect.any(Number) },
    })
  })

  test('a receiver on IPv6 loopback is reached when its block is allowed', async () => {
    const server = await serve(answering(OK), { host: '::1' })
    const { attempts } = await delivery(await tell(`http://[::1]:${server.port}/hook`), 'delivered')
    expect(attempts[0]?.remote_address).toBe(`[::1]:${server.port}`)
  })

  test('user and password of a URL are sent as Basic auth, masked on record, and in no line of the log', async () => {
    const receiver = await newReceiver()
    const url = `http://us%C3%A9r:p%40ss-hidden@127.0.0.1:${receiver.port}/hook?token=query-hidden`
    const jobId = await tell(url)
    const request = await receiver.request(1)
    const credentials = Buffer.from('usér:p@ss-hidden').toString('base64')
    expect(headerOf(request, 'authorization')).toBe(`Basic ${credentials}`)
    expect(request.path).toBe('/hook?token=query-hidden')

    const shown = await delivery(jobId, 'delivered')
    await receiver.close()
    expect(shown.url).toBe(url.replace('p%40ss-hidden', '***'))
    expect(shown.attempts[0]?.request.url).toBe(shown.url)
    expect(shown.attempts[0]?.request.headers).toContainEqual(['Authorization', '********'])
    const names = (headers: readonly (readonly [string, string])[]) => headers.map(([name]) => name)
    expect(names(shown.attempts[0]?.request.headers ?? [])).toEqual(names(request.headers))
    expect(JSON.stringify(shown)).not.toMatch(/p(@|%40)ss-hidden/)
    expect(JSON.stringify(shown)).not.toContain(credentials)

    // The same where it fails, which is where people are tempted to log more.
    await delivery(await tell(url), 'failed')
    const log = await until('the attempts are in the log', () =>
      logLines.filter((line) => line.includes(jobId) && line.includes('"attempt"')).length > 0
        ? logLines.join('')
        : null,
    )
    expect(log).not.toContain('hidden')
    expect(log).not.toContain(credentials)
  })

  test('a request that cannot be built is a failed attempt that says what to set, holds up nobody, and can be sent once it is set', async () => {
    const receiver = await newReceiver()
    const webhook = { name: 'locked', url: receiver.url, secret: 'a secret of mine' }
    const { json: locked } = await ringback.call('POST', '/api/v1/webhooks', webhook)
    const { json: good } = await ringback.call('POST', '/api/v1/webhooks', { ...webhook, name: 'good' })
    const sealed = createVault(Buffer.alloc(32, 8)).seal('lost', ringback.app.defaultAccount.id)
    await queryDatabase(ringback.database, `update webhooks set sealed_secret = '${sealed}' where id = '${locked.id}'`)
    const { json: job } = await ringback.call('POST', '/api/v1/content/detect_emails', { content: 'x' })
    await receiver.request(1)
    const of = (webhookId: string, status: string) =>
      until(`the delivery to ${webhookId} is ${status}`, async () => {
        const query = `job_id=${job.job_id}&webhook=${webhookId}&status=${status}`
        const [row] = (await ringback.call('GET', `/api/v1/deliveries?${query}`)).json.data
        return row ? (await ringback.call('GET', `/api/v1/deliveries/${row.id}`)).json : null
      })
    const { id, attempts } = await of(locked.id, 'failed')
    expect(attempts).toMatchObject([
      {
        cause: 'invalid_request',
        message: expect.stringMatching(/another master key.*: set it again/),
        response: null,
        remote_address: null,
      },
    ])
    expect((await of(good.id, 'delivered')).attempt_count).toBe(1)
    // The receiver is not blamed for it.
    expect((await ringback.call('GET', '/api/v1/webhooks/locked')).json).toMatchObject({ consecutive_failures: 0 })

    await ringback.call('PATCH', '/api/v1/webhooks/locked', { secret: 'another secret' })
    expect((await ringback.call('POST', `/api/v1/deliveries/${id}/resend`)).status).toBe(202)
    expect((await of(locked.id, 'delivered')).attempts).toMatchObject([{ cause: 'invalid_request' }, { cause: null }])
    for (const name of ['locked', 'good']) await ringback.call('DELETE', `/api/v1/webhooks/${name}`)
  })

  test('receivers that hang do not stop deliveries to others', async () => {
    const hostile = await serve(hanging)
    const healthy = await serve(answering(OK))
    const hung = await Promise.all(Array.from({ length: 30 }, () => tell(`http://${hostile.authority}/`)))
    const sent = await Promise.all(Array.from({ length: 30 }, () => tell(`http://${healthy.authority}/`)))
    for (const jobId of sent) expect((await delivery(jobId, 'delivered')).attempt_count).toBe(1)
    const { json } = await ringback.call('GET', '/api/v1/deliveries?status=sending&limit=100')
    // How many of them it holds at once is for the limits of its address; the rest waits and spends nothing.
    expect(json.data.length).toBeGreaterThan(0)
    for (const { job_id } of json.data) expect(hung).toContain(job_id)
    ringback.clock.move(TIMEOUT_MS)
    for (const { job_id } of json.data) expect((await delivery(job_id, 'failed')).last_cause).toBe('timeout')
  })
})

describeEngines('a stop that cannot wait for a receiver', (createDatabase) => {
  // What is sent again within the time of a test was not put off.
  const env = { RINGBACK_WEBHOOK_TIMEOUT: '60s', RINGBACK_WEBHOOK_RETRY_SCHEDULE: '1d' }

  const ringback = useRingback(createDatabase, { env })
  const { tell, delivery } = tellBy(ringback)
  beforeEach(async () => {
    await ringback.call('PATCH', '/api/v1/webhooks/default', { secret: 'a secret of mine' })
  })

  test('leaves an interrupted attempt that spends none of the schedule, and the next start sends at once', async () => {
    const server = await serve((connection) =>
      connection.number === 1 ? hanging(connection) : answering(OK)(connection),
    )
    const jobId = await tell(`http://${server.authority}/`)
    while (server.connectionCount === 0) await setImmediate()

    let passedMs = 0
    let isGivenUp = false
    void server.ended(1).then(() => {
      isGivenUp = true
    })
    const stopping = ringback.stop()
    await until('it takes no requests any more', () =>
      fetch(ringback.app.origin).then(
        () => null,
        () => true,
      ),
    )
    // No further: what comes after it has a limit too, and would be late on a busy machine.
    await until('the receiver is given up', () => {
      if (isGivenUp) return true
      passedMs += 1_000
      ringback.clock.move(1_000)
      return null
    })
    await stopping

    await ringback.start()
    ringback.clock.move(passedMs)
    const { attempts } = await delivery(jobId, 'delivered')
    expect(attempts).toMatchObject([
      { number: 1, cause: 'interrupted', message: expect.stringContaining('stopped') },
      { number: 2, cause: null },
    ])
  })
})
