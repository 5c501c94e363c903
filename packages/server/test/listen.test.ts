import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type DeliveryDetail, LISTENER_HEARTBEAT_MS, LISTENER_KEPT_MS } from '@ringback/contract'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeCertificate } from './harness/certificates.ts'
import { startCuttingProxy } from './harness/cutting-proxy.ts'
import { startForwardProxy, startHoldingProxy, startTlsProxy, startTunnelProxy } from './harness/http-proxies.ts'
import { headersOf, type Receiver, startReceiver } from './harness/receiver.ts'
import {
  createSqliteDatabase,
  describeEngines,
  type EngineDatabase,
  freePort,
  startRingback,
  TEST_API_KEY,
} from './harness/ringback.ts'
import { killAllPrograms, type RunningProgram, startProgram, startServer } from './harness/server-process.ts'
import { type Talk, talkAsOther, talkTo } from './harness/talk.ts'
import { until } from './harness/until.ts'

// The real command line as a process, real sockets, real servers. Starting a process takes a second on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const SECRET = 'whsec_c2VjcmV0IG9mIHRlc3RzIHRoYXQgaXMgbG9uZyBlbm91Z2g='

/** Starts `ringback listen`; resolves when it listens. */
async function listen(server: string, forward: string, args: string[] = [], env: Record<string, string> = {}) {
  const program = startProgram(['listen', '--forward', forward, '--server', server, ...args], {
    RINGBACK_API_KEY: TEST_API_KEY,
    ...env,
  })
  await program.printed(/Ctrl-C ends it|"listening"/)
  return program
}

/** Resolves when the listener of a program has its stream. */
const streams = (talk: Talk, count = 1) =>
  until(`${count} listen`, async () => {
    const { json } = await talk.call('GET', '/listeners')
    return json.data.length === count ? json.data : null
  })

const linesOf = (program: RunningProgram) =>
  program
    .output()
    .stdout.split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

describeEngines('ringback listen', (createDatabase) => {
  let database: EngineDatabase
  let ringback: Awaited<ReturnType<typeof startRingback>>
  let receiver: Receiver
  let talk: Talk
  beforeEach(async () => {
    database = await createDatabase()
    ringback = await startRingback(database, {
      env: { RINGBACK_WEBHOOK_RETRY_SCHEDULE: '1s,1s', RINGBACK_WEBHOOK_TIMEOUT: '1s' },
    })
    talk = talkTo(() => ringback)
    receiver = await startReceiver()
  })
  afterEach(async () => {
    await killAllPrograms()
    await receiver.close()
    await ringback.stop()
    await database.drop()
  })

  test('gets each finished job as a signed request, shows it, and its answer is on record as an attempt', async () => {
    await talk.setWebhook('default', { secret: SECRET, include_result: true })
    receiver.answerWith((_request, response) => response.writeHead(202, { 'x-app': 'mine' }).end('thanks'))
    const program = await listen(ringback.app.origin, receiver.url, ['--print'])
    const jobId = await talk.dispatch()
    const request = await receiver.request(1)
    const body = request.body.toString()
    expect(JSON.parse(body)).toMatchObject({ id: jobId, status: 'success', result: ['anna@example.com'] })
    new Webhook(SECRET).verify(body, headersOf(request))
    expect(headersOf(request)).toMatchObject({ 'user-agent': 'SharpAPIWebhook/1.0' })
    expect(request.path).toBe('/hook')

    const delivery = await talk.deliveryOf(jobId, 'status=delivered')
    const [listener] = await streams(talk)
    expect(delivery).toMatchObject({ listener_id: listener.id, webhook_id: null, url: receiver.url, trigger: 'job' })
    const [attempt] = delivery.attempts
    expect(attempt).toMatchObject({ number: 1, cause: null, remote_address: `127.0.0.1:${receiver.port}` })
    expect(attempt?.response).toMatchObject({ status: 202, body: 'thanks', truncated: false })
    expect(attempt?.response?.headers).toContainEqual(['x-app', 'mine'])
    expect(attempt?.timing.total_ms).toBeGreaterThan(0)
    const recorded = Object.fromEntries(attempt?.request.headers ?? [])
    expect(recorded['webhook-signature']).toBe(headersOf(request)['webhook-signature'])
    expect(recorded.host).toBe(`127.0.0.1:${receiver.port}`)

    const [line] = await program.printed(/^\d\d:\d\d:\d\d {2}content_detect_emails +success +202 +\d.*ms {2}\S+$/m)
    expect(line).toContain(delivery.id)
    await program.printed(/> +"anna@example.com"[\s\S]*< thanks/)
    expect(program.output().stdout).not.toContain('\u001b')

    const { code, stderr } = await program.kill('SIGINT')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    await streams(talk, 0)
  })

  test('an account without a secret gets one for this time, and what it gets verifies with that', async () => {
    const program = await listen(ringback.app.origin, receiver.url)
    const [, secret = ''] = await program.printed(/signed {3}(whsec_\S+)/)
    await talk.dispatch()
    const request = await receiver.request(1)
    new Webhook(secret).verify(request.body.toString(), headersOf(request))
  })

  test('stands for a webhook with its filters and headers, and for job types; the webhook still gets its own', async () => {
    const own = await startReceiver()
    const headers = { 'X-Tenant': { value: 'blue' }, 'X-Token': { value: 'hidden away', secret: true } }
    const webhook = await talk.addWebhook({ url: own.url, secret: SECRET, job_statuses: ['success'], headers })
    await listen(ringback.app.origin, receiver.url, ['--webhook', webhook.name, '--type', 'content_detect_emails'])
    await talk.call('POST', '/content/detect_urls', { content: 'https://example.com' })
    const jobId = await talk.dispatch()
    const request = await receiver.request(1)
    expect(JSON.parse(request.body.toString()).id).toBe(jobId)
    expect(headersOf(request)).toMatchObject({ 'x-tenant': 'blue', 'x-token': 'hidden away' })
    await own.request(2)
    const copies = await until('the copy is delivered', async () => {
      const found = (await talk.deliveries(`job_id=${jobId}&status=delivered`)).filter((row) => row.listener_id)
      return found.length === 1 ? found : null
    })
    const { attempts } = await talk.delivery(copies[0]?.id ?? '')
    const recorded = Object.fromEntries(attempts[0]?.request.headers ?? [])
    expect(recorded).toMatchObject({ 'X-Tenant': 'blue', 'X-Token': '********' })
    expect(receiver.requests).toHaveLength(1)
    await own.close()
  })

  test('a receiver that refuses, hangs or answers 500 is a failed attempt with its cause, and is tried again', async () => {
    const port = await freePort()
    const program = await listen(ringback.app.origin, String(port), ['--json'])
    const jobId = await talk.dispatch()
    await program.printed(/"cause":"connect"/)
    const late = await startReceiver({ port })
    late.answerWith((request, response) => {
      // The second attempt hangs; the third gets a 500.
      if (late.requests.length > 1 && request) response.writeHead(500).end('no')
    })
    const delivery = await talk.deliveryOf(jobId, 'status=failed')
    expect(delivery.attempts.map(({ cause }) => cause)).toEqual(['connect', 'timeout', 'status'])
    expect(new Set(late.requests.map((request) => headersOf(request)['webhook-id']))).toEqual(new Set([delivery.id]))
    const lines = await until('three attempts are shown', () => {
      const shown = linesOf(program).filter(({ event }) => event === 'attempt')
      return shown.length === 3 ? shown : null
    })
    expect(lines).toMatchObject([
      { cause: 'connect', answer: null, delivery_status: 'waiting', recorded: true },
      { cause: 'timeout', answer: null, delivery_status: 'waiting' },
      { cause: 'status', answer: 500, delivery_status: 'failed', attempt: 3 },
    ])
    await late.close()
  })

  test('two listeners each get a copy; another account hears nothing, and may not touch them', async () => {
    const second = await startReceiver()
    await listen(ringback.app.origin, receiver.url)
    await listen(ringback.app.origin, second.url)
    const other = await talkAsOther(() => ringback, 'other')
    await other.dispatch()
    const jobId = await talk.dispatch()
    const [one, two] = await Promise.all([receiver.request(1), second.request(1)])
    for (const request of [one, two]) expect(JSON.parse(request.body.toString()).id).toBe(jobId)
    expect(headersOf(one)['webhook-id']).not.toBe(headersOf(two)['webhook-id'])
    const [listener] = await streams(talk, 2)
    const path = `/listeners/${listener.id}`
    const answer = {
      delivery_id: headersOf(one)['webhook-id'],
      attempt: 1,
      lease_id: 'x',
      started_at: 1,
      request_headers: [],
      response: null,
      failure: { cause: 'connect', message: 'no' },
      remote_address: null,
      timing: { dns_ms: null, connect_ms: null, tls_ms: null, first_byte_ms: null, total_ms: 1 },
    }
    for (const [method, place, body] of [
      ['POST', `${path}/stream`, {}],
      ['POST', `${path}/attempts`, answer],
      ['DELETE', path, undefined],
    ] as const) {
      expect((await other.call(method, place, body)).json, place).toMatchObject({ code: 'listener.not_found' })
    }
    expect((await talk.call('POST', `${path}/attempts`, answer)).status).toBeGreaterThanOrEqual(404)
    await second.close()
  })

  test('Ctrl-C lets what is under way end, and gives the rest up; the second one does not wait', async () => {
    let release = () => {}
    receiver.answerWith((_request, response) => {
      release = () => response.end('done')
    })
    const program = await listen(ringback.app.origin, receiver.url)
    const jobId = await talk.dispatch()
    await receiver.request(1)
    const ended = program.kill('SIGINT')
    await program.printed(/1 under way/)
    release()
    expect((await ended).code).toBe(0)
    expect(await talk.deliveryOf(jobId, 'status=delivered')).toMatchObject({ attempts: [{ cause: null }] })

    receiver.answerWith(() => {})
    const impatient = await listen(ringback.app.origin, receiver.url)
    await talk.dispatch()
    await receiver.request(2)
    process.kill(impatient.pid, 'SIGINT')
    await impatient.printed(/1 under way/)
    expect((await impatient.kill('SIGINT')).code).toBe(130)
  })

  test('a resend goes to the listener again, and a key that is revoked hears no more', async () => {
    const { json: key } = await talk.call('POST', '/api-keys', { name: 'laptop' })
    const program = await listen(ringback.app.origin, receiver.url, ['--api-key', key.key])
    const jobId = await talk.dispatch()
    const { id } = await talk.deliveryOf(jobId, 'status=delivered')
    const resent = startProgram(['resend', id, '--server', ringback.app.origin], { RINGBACK_API_KEY: TEST_API_KEY })
    const { code, stdout } = await resent.ended
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining(`${id} is sent again`) })
    expect(headersOf(await receiver.request(2))['webhook-id']).toBe(id)
    await program.printed(/resend/)
    await talk.call('DELETE', `/api-keys/${key.id}`)
    ringback.clock.move(LISTENER_HEARTBEAT_MS)
    const { code: end, stderr } = await program.ended
    expect(end).toBe(64)
    expect(stderr).toMatch(/API key was revoked|does not know this API key/)
  })

  test('trigger sends a sample to listeners and webhooks, marked as a test, with one attempt', async () => {
    await talk.setWebhook('default', { enabled: true, url: receiver.url, secret: SECRET, include_result: true })
    const laptop = await startReceiver()
    laptop.answerWith((_request, response) => response.writeHead(500).end())
    const program = await listen(ringback.app.origin, laptop.url)
    const env = { RINGBACK_API_KEY: TEST_API_KEY }
    const run = (...args: string[]) => startProgram(['trigger', ...args, '--server', ringback.app.origin], env).ended
    const sent = await run('invoice_parse', '--failed', '--json')
    expect(sent).toMatchObject({ code: 0, stderr: '' })
    const { deliveries } = JSON.parse(sent.stdout)
    expect(deliveries).toHaveLength(2)
    const [atWebhook, atLaptop] = await Promise.all([receiver.request(1), laptop.request(1)])
    for (const { body } of [atWebhook, atLaptop]) {
      const event = JSON.parse(body.toString())
      expect(event).toMatchObject({ status: 'failed', type: 'invoice_parse', result: null })
      expect(event.error.code).toBe('model.unavailable')
    }
    await talk.deliveriesAre('trigger=test&status=failed', 1)
    await program.printed(/invoice_parse.* test$/m)
    const unknown = await run('no_such_type')
    expect(unknown).toMatchObject({ code: 64, stderr: expect.stringContaining('is not a job type of this server') })
    await laptop.close()
  })

  test('a laptop that is killed in the middle: the attempt is interrupted, and nothing counts against a webhook', async () => {
    receiver.answerWith(() => {})
    const program = await listen(ringback.app.origin, receiver.url)
    const jobId = await talk.dispatch()
    await receiver.request(1)
    await program.kill()
    const [listener] = await streams(talk)
    // The deadline of the attempt, and the patience with its answer.
    const delivery = await until('the attempt is on record', async () => {
      ringback.clock.move(2_000)
      const [found] = await talk.deliveries(`job_id=${jobId}&cause=interrupted`)
      return found ? await talk.delivery(found.id) : null
    })
    expect(delivery).toMatchObject({ status: 'waiting', attempts: [{ cause: 'interrupted' }] })
    expect((await talk.call('DELETE', `/listeners/${listener.id}`)).status).toBe(204)
    expect(await talk.delivery(delivery.id)).toMatchObject({ status: 'discarded' })
    expect(await talk.webhook('default')).toMatchObject({ consecutive_failures: 0 })
  })

  test('a listener that nobody reads any more goes after three minutes, and what waits for it is discarded', async () => {
    const { json: listener } = await talk.call('POST', '/listeners', { url: 'http://localhost:3000' })
    const jobId = await talk.dispatch()
    await talk.deliveryOf(jobId, 'status=waiting')
    ringback.clock.move(LISTENER_KEPT_MS + 60_000)
    expect(await talk.deliveryOf(jobId, 'status=discarded')).toMatchObject({ listener_id: listener.id, attempts: [] })
    await streams(talk, 0)
    const { json } = await talk.call('POST', `/deliveries/${(await talk.deliveries(`job_id=${jobId}`))[0]?.id}/resend`)
    expect(json).toMatchObject({ code: 'delivery.listener_gone' })
  })

  test('a laptop that was asleep for so long listens anew by itself', async () => {
    const proxy = await startCuttingProxy({ host: '127.0.0.1', port: Number(new URL(ringback.app.origin).port) })
    const program = await listen(`http://127.0.0.1:${proxy.port}`, receiver.url)
    const [before] = await streams(talk)
    proxy.refuse()
    await program.printed(/connecting again/)
    expect((await talk.call('DELETE', `/listeners/${before.id}`)).status).toBe(204)
    proxy.accept()
    await program.printed(/listens anew/)
    const jobId = await talk.dispatch()
    expect(JSON.parse((await receiver.request(1)).body.toString()).id).toBe(jobId)
    await proxy.close()
  })

  test('behind a proxy that holds back answers without an end, deliveries are fetched in batches', async () => {
    const proxy = await startHoldingProxy(ringback.app.origin)
    const program = await listen(proxy.url, receiver.url)
    await program.printed(/fetched in batches/)
    const jobIds = await talk.dispatchMany(3)
    const delivered = await talk.deliveriesAre('status=delivered', 3)
    expect(new Set(delivered.map(({ job_id }) => job_id))).toEqual(new Set(jobIds))
    expect(receiver.requests).toHaveLength(3)
    await proxy.close()
  })

  test('the proxy of the environment is used for the server, and not for the local address', async () => {
    const proxy = await startForwardProxy(ringback.app.origin)
    const env = { HTTP_PROXY: proxy.url, http_proxy: '', NO_PROXY: '' }
    await listen('http://ringback.test', receiver.url, [], env)
    const jobId = await talk.dispatch()
    await talk.deliveryOf(jobId, 'status=delivered')
    expect(proxy.hosts).toContain('ringback.test')
    expect(new Set(proxy.hosts)).toEqual(new Set(['ringback.test']))
    await proxy.close()
  })

  test("HTTPS goes through a tunnel of the proxy, and a certificate of one's own is trusted when it is named", async () => {
    const certificate = await makeCertificate({ names: ['ringback.test'] })
    const tls = await startTlsProxy(ringback.app.origin, certificate)
    const proxy = await startTunnelProxy(tls.url)
    const file = join(await mkdtemp(join(tmpdir(), 'ringback-listen-')), 'own.pem')
    await writeFile(file, certificate.cert)
    const env = { HTTPS_PROXY: proxy.url, https_proxy: '', NO_PROXY: '' }
    const args = ['listen', '--forward', receiver.url, '--server', 'https://ringback.test']
    const refused = await startProgram(args, { RINGBACK_API_KEY: TEST_API_KEY, ...env }).ended
    expect(refused).toMatchObject({ code: 69, stderr: expect.stringContaining('certificate') })

    await listen('https://ringback.test', receiver.url, [], { ...env, NODE_EXTRA_CA_CERTS: file })
    const jobId = await talk.dispatch()
    await talk.deliveryOf(jobId, 'status=delivered')
    expect(new Set(proxy.hosts)).toEqual(new Set(['ringback.test:443']))
    await rm(dirname(file), { recursive: true })
    await proxy.close()
    await tls.close()
  })

  test('says that the webhook that it stands for was deleted, and ends', async () => {
    const { name, id } = await talk.addWebhook({ url: receiver.url, secret: SECRET })
    const program = await listen(ringback.app.origin, receiver.url, ['--webhook', name])
    await streams(talk)
    expect((await talk.call('DELETE', `/webhooks/${id}`)).status).toBe(204)
    ringback.clock.move(LISTENER_HEARTBEAT_MS)
    const { code, stderr } = await program.ended
    expect({ code, stderr }).toEqual({
      code: 64,
      stderr: expect.stringContaining('webhook that this command listens for'),
    })
    await streams(talk, 0)
  })

  test('waits as long as it is told for who stands at a breakpoint, and so does the server', async () => {
    let release = () => {}
    receiver.answerWith((_request, response) => {
      release = () => response.end('at last')
    })
    await listen(ringback.app.origin, receiver.url, ['--timeout', '5m'])
    const jobId = await talk.dispatch()
    await receiver.request(1)
    // Longer than the deadline of this server and its patience with the answer, shorter than its lease.
    ringback.clock.move(12_000)
    release()
    expect(await talk.deliveryOf(jobId, 'status=delivered')).toMatchObject({ attempts: [{ number: 1, cause: null }] })

    receiver.answerWith(() => {})
    const other = await startReceiver()
    other.answerWith(() => {})
    const short = await listen(ringback.app.origin, other.url, ['--timeout', '150ms'])
    await talk.dispatch()
    await short.printed(/timeout[\s\S]*not finished within 150 ms/)
    await other.close()
  })

  test('nothing is lost or sent twice while the connection is cut again and again', async () => {
    const proxy = await startCuttingProxy({ host: '127.0.0.1', port: Number(new URL(ringback.app.origin).port) })
    await listen(`http://127.0.0.1:${proxy.port}`, receiver.url)
    const jobIds: string[] = []
    for (let round = 0; round < 6; round++) {
      jobIds.push(...(await Promise.all(Array.from({ length: 8 }, () => talk.dispatch()))))
      await proxy.cut()
    }
    const delivered = await talk.deliveriesAre('status=delivered', jobIds.length)
    expect(new Set(delivered.map(({ job_id }) => job_id))).toEqual(new Set(jobIds))
    // A request whose answer was cut off on its way to the server is told again, not sent again.
    const ids = receiver.requests.map((request) => headersOf(request)['webhook-id'])
    expect(new Set(ids)).toEqual(new Set(delivered.map(({ id }) => id)))
    expect(ids).toHaveLength(jobIds.length)
    await proxy.close()
  })
})

describeEngines('ringback listen, when somebody is killed', (createDatabase) => {
  let database: EngineDatabase
  let receiver: Receiver
  beforeEach(async () => {
    database = await createDatabase()
    receiver = await startReceiver()
  })
  afterEach(async () => {
    await killAllPrograms()
    await receiver.close()
    await database.drop()
  })

  test('the server, in the middle of a delivery: it comes again with the same id, and the record tells both', async () => {
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const env = { ...database.env, RINGBACK_PORT: String(port), RINGBACK_API_KEY: TEST_API_KEY }
    const talk = talkTo(() => ({ app: { origin } }))
    const first = startServer(env)
    await first.ready()
    const program = await listen(origin, receiver.url)
    let release = () => {}
    receiver.answerWith((_request, response) => {
      release = () => response.end('first')
      receiver.answerWith((_next, answer) => answer.end('second'))
    })
    const jobId = await talk.dispatch()
    await receiver.request(1)
    await first.kill()
    release()
    await program.printed(/connecting again/)
    await startServer(env).ready()
    const delivery: DeliveryDetail = await talk.deliveryOf(jobId, 'status=delivered')
    expect(delivery.attempts.map(({ cause }) => cause)).toEqual(['interrupted', null])
    expect(receiver.requests.map((request) => headersOf(request)['webhook-id'])).toEqual([delivery.id, delivery.id])
    expect((await program.kill('SIGINT')).code).toBe(0)
  })
})

describe('ringback listen, asked for what cannot be', () => {
  const cases = [
    { name: 'no key', args: ['--server', 'http://127.0.0.1:9'], key: '', says: 'there is no API key', code: 64 },
    { name: 'nobody there', args: ['--server', 'http://127.0.0.1:9'], says: 'nobody listens there', code: 69 },
    { name: 'no address', args: ['--server', 'ftp://x'], says: 'is not the address of a server', code: 64 },
    { name: 'no name', args: ['--server', 'http://nowhere.invalid'], says: 'cannot be reached', code: 69 },
    { name: 'no duration', args: ['--timeout', 'long'], says: '--timeout: "long" is not a duration', code: 64 },
    { name: 'too long', args: ['--timeout', '1h'], says: '--timeout: 1h is not between 100ms and 10m', code: 64 },
    { name: 'no forward', args: ['--forward', 'ftp://x'], says: 'is not an address to forward to', code: 64 },
  ]
  test.each(cases)('$name: one clear sentence', async ({ args, key = TEST_API_KEY, says, code }) => {
    const env = { RINGBACK_API_KEY: key }
    const end = await startProgram(['listen', '--forward', '3000', ...args], env).ended
    expect(end).toMatchObject({ code, stdout: '' })
    expect(end.stderr).toMatch(/^Ringback cannot do this:\n {2}- .*\n$/)
    expect(end.stderr).toContain(says)
  })

  test('a wrong key, a webhook that is not there, too many listeners, and a server that is none', async () => {
    const database = await createSqliteDatabase()
    const ringback = await startRingback(database)
    const other = await startReceiver()
    const run = (server: string, key: string, ...args: string[]) =>
      startProgram(['listen', '--forward', '3000', '--server', server, ...args], { RINGBACK_API_KEY: key }).ended
    const { origin } = ringback.app
    expect((await run(origin, 'rb_wrong')).stderr).toContain('does not know this API key')
    expect((await run(origin, TEST_API_KEY, '--webhook', 'gone')).stderr).toContain('no webhook "gone"')
    expect((await run(origin, TEST_API_KEY, '--type', 'gone')).stderr).toContain('is not a job type of this server')
    expect((await run(other.url, TEST_API_KEY)).stderr).toContain('is no Ringback server')
    const opened = { url: 'http://localhost:3000' }
    for (let count = 0; count < 10; count++) {
      expect((await ringback.call('POST', '/api/v1/listeners', opened)).status).toBe(201)
    }
    expect((await run(origin, TEST_API_KEY)).stderr).toContain('10 listeners are there already')
    await other.close()
    await ringback.stop()
    await database.drop()
  })
})
