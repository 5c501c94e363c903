import { LISTENER_HEARTBEAT_MS, LISTENER_KEPT_MS } from '@ringback/contract'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startCuttingProxy } from './harness/cutting-proxy.ts'
import { startForwardProxy, startHoldingProxy } from './harness/http-proxies.ts'
import { type ListenWanted, listen, listeners } from './harness/listening.ts'
import { createMovedClock } from './harness/moved-clock.ts'
import { answering, headersOf, startReceiver } from './harness/receiver.ts'
import {
  createSqliteDatabase,
  describeEngines,
  freePort,
  type Ringback,
  startRingback,
  TEST_API_KEY,
} from './harness/ringback.ts'
import { interruptAllCommands, runCommand } from './harness/run-command.ts'
import { createAccountKey, type Talk, talkTo } from './harness/talk.ts'
import { until } from './harness/until.ts'
import { useReceiver, useReceivers } from './harness/use-receivers.ts'
import { useServers } from './harness/use-servers.ts'

// The commands run in this process, with real sockets and real servers; what the process does is in listen-program.test.ts.

vi.setConfig({ testTimeout: 120_000 })

const SECRET = 'whsec_c2VjcmV0IG9mIHRlc3RzIHRoYXQgaXMgbG9uZyBlbm91Z2g='

describeEngines('ringback listen', (createDatabase) => {
  const server = useServers(createDatabase, () => ({
    usual: {},
    quick: { RINGBACK_WEBHOOK_RETRY_SCHEDULE: '1s,1s', RINGBACK_WEBHOOK_TIMEOUT: '1s' },
  }))
  // Behind the receivers: a command waits for what it forwards.
  afterEach(interruptAllCommands)
  const newReceiver = useReceivers()
  const receiver = useReceiver()
  let ringback: Ringback
  /** Of an account that this test has for itself. */
  let key: string
  let talk: Talk

  async function use(name: Parameters<typeof server>[0]): Promise<void> {
    ringback = server(name)
    key = await createAccountKey(ringback)
    talk = talkTo(() => ringback, key)
  }

  const hear = (wanted: Partial<ListenWanted> = {}, options?: Parameters<typeof listen>[1]) =>
    listen({ server: ringback.app.origin, forward: receiver.url, key, ...wanted }, options)

  beforeEach(async () => {
    await use('usual')
  })

  test('an account without a secret gets one for this time, and what it gets verifies with that', async () => {
    const command = await hear()
    const [, secret = ''] = await command.printed(/signed {3}(whsec_\S+)/)
    await talk.dispatch()
    const request = await receiver.request(1)
    new Webhook(secret).verify(request.body.toString(), headersOf(request))
  })

  test('stands for a webhook with its filters and headers, and for job types; the webhook still gets its own', async () => {
    const own = await newReceiver()
    const headers = { 'X-Tenant': { value: 'blue' }, 'X-Token': { value: 'hidden away', secret: true } }
    const webhook = await talk.addWebhook({ url: own.url, secret: SECRET, job_statuses: ['success'], headers })
    await hear({ args: ['--webhook', webhook.name, '--type', 'content_detect_emails'] })
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
  })

  test('a receiver that refuses, hangs or answers 500 is a failed attempt with its cause, and is tried again', async () => {
    await use('quick')
    const port = await freePort()
    const clock = createMovedClock()
    const command = await hear({ forward: String(port), args: ['--json', '--timeout', '5m'] }, { clock })
    const jobId = await talk.dispatch()
    await command.printed(/"cause":"connect"/)
    const late = await newReceiver(undefined, { port })
    late.answerWith((_request, response) => {
      // The second attempt hangs; the third gets a 500.
      if (late.requests.length > 1) response.writeHead(500).end('no')
    })
    ringback.clock.move(1_000)
    await late.request(1)
    clock.move(5 * 60_000)
    await command.printed(/"cause":"timeout"/)
    ringback.clock.move(1_000)
    const delivery = await talk.deliveryOf(jobId, 'status=failed')
    expect(delivery.attempts.map(({ cause }) => cause)).toEqual(['connect', 'timeout', 'status'])
    expect(new Set(late.requests.map((request) => headersOf(request)['webhook-id']))).toEqual(new Set([delivery.id]))
    await command.printed(/"attempt":3/)
    const lines = command.stdout().split('\n').filter(Boolean)
    expect(lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'attempt')).toMatchObject([
      { cause: 'connect', answer: null, delivery_status: 'waiting', recorded: true },
      { cause: 'timeout', answer: null, delivery_status: 'waiting' },
      { cause: 'status', answer: 500, delivery_status: 'failed', attempt: 3 },
    ])
  })

  test('colours are for terminals, or for whoever asks for them', async () => {
    const args = ['--print']
    const seen = await hear({ args }, { isTerminal: true })
    const piped = await hear({ args })
    const asked = await hear({ args, env: { FORCE_COLOR: '1' } })
    const refused = await hear({ args, env: { NO_COLOR: '1' } }, { isTerminal: true })
    await talk.dispatch()
    for (const command of [seen, piped, asked, refused]) await command.printed(/content_detect_emails[\s\S]*> \}/)
    for (const command of [seen, asked]) {
      expect(command.stdout()).toContain('\u001b[1mRingback is listening. Ctrl-C ends it.\u001b[0m')
      expect(command.stdout()).toContain('\u001b[32m200     \u001b[0m')
    }
    for (const command of [piped, refused]) expect(command.stdout()).not.toContain('\u001b')
  })

  test('two listeners each get a copy; another account hears nothing, and may not touch them', async () => {
    const second = await newReceiver()
    await hear()
    await hear({ forward: second.url })
    const other = await talkTo(() => ringback, await createAccountKey(ringback))
    await other.dispatch()
    const jobId = await talk.dispatch()
    const [one, two] = await Promise.all([receiver.request(1), second.request(1)])
    for (const request of [one, two]) expect(JSON.parse(request.body.toString()).id).toBe(jobId)
    expect(headersOf(one)['webhook-id']).not.toBe(headersOf(two)['webhook-id'])
    const [listener] = await listeners(talk, 2)
    const path = `/listeners/${listener?.id}`
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
  })

  test('a resend goes to the listener again, and a key that is revoked hears no more', async () => {
    const { json: laptop } = await talk.call('POST', '/api-keys', { name: 'laptop' })
    const command = await hear({ args: ['--api-key', laptop.key] })
    const jobId = await talk.dispatch()
    const { id } = await talk.deliveryOf(jobId, 'status=delivered')
    const resent = runCommand(['resend', id, '--server', ringback.app.origin], { RINGBACK_API_KEY: key })
    const { code, stdout } = await resent.ended
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining(`${id} is sent again`) })
    expect(headersOf(await receiver.request(2))['webhook-id']).toBe(id)
    await command.printed(/resend/)
    await talk.call('DELETE', `/api-keys/${laptop.id}`)
    ringback.clock.move(LISTENER_HEARTBEAT_MS)
    const { code: end, problems } = await command.ended
    expect(end).toBe(64)
    expect(problems).toEqual([expect.stringMatching(/API key was revoked|does not know this API key/)])
  })

  test('trigger sends a sample to listeners and webhooks, marked as a test, with one attempt', async () => {
    await talk.setWebhook('default', { enabled: true, url: receiver.url, secret: SECRET, include_result: true })
    const laptop = await newReceiver(answering(500))
    const command = await hear({ forward: laptop.url })
    const env = { RINGBACK_API_KEY: key }
    const run = (...args: string[]) => runCommand(['trigger', ...args, '--server', ringback.app.origin], env).ended
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
    await command.printed(/invoice_parse.* test$/m)
    const unknown = await run('no_such_type')
    expect(unknown).toMatchObject({ code: 64, problems: [expect.stringContaining('is not a job type of this server')] })
  })

  test('a listener that nobody reads any more goes after three minutes, and what waits for it is discarded', async () => {
    await use('quick')
    const { json: listener } = await talk.call('POST', '/listeners', { url: 'http://localhost:3000' })
    const jobId = await talk.dispatch()
    await talk.deliveryOf(jobId, 'status=waiting')
    ringback.clock.move(LISTENER_KEPT_MS + 60_000)
    expect(await talk.deliveryOf(jobId, 'status=discarded')).toMatchObject({ listener_id: listener.id, attempts: [] })
    await listeners(talk, 0)
    const { json } = await talk.call('POST', `/deliveries/${(await talk.deliveries(`job_id=${jobId}`))[0]?.id}/resend`)
    expect(json).toMatchObject({ code: 'delivery.listener_gone' })
  })

  test('a laptop that was asleep for so long listens anew by itself', async () => {
    const proxy = await startCuttingProxy({ host: '127.0.0.1', port: Number(new URL(ringback.app.origin).port) })
    const command = await hear({ server: `http://127.0.0.1:${proxy.port}` })
    const [before] = await listeners(talk, 1)
    proxy.refuse()
    await command.printed(/connecting again/)
    expect((await talk.call('DELETE', `/listeners/${before?.id}`)).status).toBe(204)
    proxy.accept()
    await command.printed(/listens anew/)
    const jobId = await talk.dispatch()
    expect(JSON.parse((await receiver.request(1)).body.toString()).id).toBe(jobId)
    await command.interrupt()
    await proxy.close()
  })

  test('behind a proxy that holds back answers without an end, deliveries are fetched in batches', async () => {
    const proxy = await startHoldingProxy(ringback.app.origin)
    const clock = createMovedClock()
    const command = await hear({ server: proxy.url }, { clock })
    await until('it waits for its stream', () => (proxy.hosts.length > 1 ? true : null))
    // Its patience with a stream that does not begin.
    clock.move(5_000)
    await command.printed(/fetched in batches/)
    const jobIds = await talk.dispatchMany(3)
    const delivered = await talk.deliveriesAre('status=delivered', 3)
    expect(new Set(delivered.map(({ job_id }) => job_id))).toEqual(new Set(jobIds))
    expect(receiver.requests).toHaveLength(3)
    await proxy.close()
  })

  test('the proxy of the environment is used for the server, and not for the local address', async () => {
    const proxy = await startForwardProxy(ringback.app.origin)
    const env = { HTTP_PROXY: proxy.url, http_proxy: '', NO_PROXY: '' }
    await hear({ server: 'http://ringback.test', env })
    const jobId = await talk.dispatch()
    await talk.deliveryOf(jobId, 'status=delivered')
    expect(proxy.hosts).toContain('ringback.test')
    expect(new Set(proxy.hosts)).toEqual(new Set(['ringback.test']))
    await proxy.close()
  })

  test('says that the webhook that it stands for was deleted, and ends', async () => {
    const { name, id } = await talk.addWebhook({ url: receiver.url, secret: SECRET })
    const command = await hear({ args: ['--webhook', name] })
    await listeners(talk, 1)
    expect((await talk.call('DELETE', `/webhooks/${id}`)).status).toBe(204)
    ringback.clock.move(LISTENER_HEARTBEAT_MS)
    expect(await command.ended).toMatchObject({
      code: 64,
      problems: ['the webhook that this command listens for was deleted'],
    })
    await listeners(talk, 0)
  })

  test('waits as long as it is told for who stands at a breakpoint, and so does the server', async () => {
    await use('quick')
    let release = () => {}
    receiver.answerWith((_request, response) => {
      release = () => response.end('at last')
    })
    await hear({ args: ['--timeout', '5m'] })
    const jobId = await talk.dispatch()
    await receiver.request(1)
    // Longer than the deadline of this server and its patience with the answer, shorter than its lease.
    ringback.clock.move(12_000)
    release()
    expect(await talk.deliveryOf(jobId, 'status=delivered')).toMatchObject({ attempts: [{ number: 1, cause: null }] })

    receiver.answerWith(() => {})
    const other = await newReceiver(() => {})
    const short = await hear({ forward: other.url, args: ['--timeout', '150ms'] })
    await talk.dispatch()
    await short.printed(/timeout[\s\S]*not finished within 150 ms/)
  })

  test('nothing is lost or sent twice while the connection is cut again and again', async () => {
    const proxy = await startCuttingProxy({ host: '127.0.0.1', port: Number(new URL(ringback.app.origin).port) })
    const command = await hear({ server: `http://127.0.0.1:${proxy.port}` })
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
    await command.interrupt()
    await proxy.close()
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
    { name: 'bare %', args: ['--forward', 'http://a:50%@b'], says: 'is not an address to forward to', code: 64 },
    { name: 'no forward', args: ['--forward', 'ftp://x'], says: 'is not an address to forward to', code: 64 },
  ]
  test.each(cases)('$name: one clear sentence', async ({ args, key = TEST_API_KEY, says, code }) => {
    const end = await runCommand(['listen', '--forward', '3000', ...args], { RINGBACK_API_KEY: key }).ended
    expect(end).toMatchObject({ code, stdout: '', stderr: '', problems: [expect.stringContaining(says)] })
  })

  test('a wrong key, a webhook that is not there, too many listeners, and a server that is none', async () => {
    const database = await createSqliteDatabase()
    const ringback = await startRingback(database)
    const other = await startReceiver()
    const problems = async (server: string, key: string, ...args: string[]) => {
      const env = { RINGBACK_API_KEY: key }
      return (await runCommand(['listen', '--forward', '3000', '--server', server, ...args], env).ended).problems.join()
    }
    const { origin } = ringback.app
    expect(await problems(origin, 'rb_wrong')).toContain('does not know this API key')
    expect(await problems(origin, TEST_API_KEY, '--webhook', 'gone')).toContain('no webhook "gone"')
    expect(await problems(origin, TEST_API_KEY, '--type', 'gone')).toContain('is not a job type of this server')
    expect(await problems(other.url, TEST_API_KEY)).toContain('is no Ringback server')
    const opened = { url: 'http://localhost:3000' }
    for (let count = 0; count < 10; count++) {
      expect((await ringback.call('POST', '/api/v1/listeners', opened)).status).toBe(201)
    }
    expect(await problems(origin, TEST_API_KEY)).toContain('10 listeners are there already')
    await other.close()
    await ringback.stop()
    await database.drop()
  })
})
