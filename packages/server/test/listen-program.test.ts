import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { DeliveryDetail } from '@ringback/contract'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeCertificate } from './harness/certificates.ts'
import { startTlsProxy, startTunnelProxy } from './harness/http-proxies.ts'
import { listeners, startListening } from './harness/listening.ts'
import { headersOf } from './harness/receiver.ts'
import { describeEngines, freePort, type Ringback, TEST_API_KEY } from './harness/ringback.ts'
import { killAllPrograms, startProgram, startServer } from './harness/server-process.ts'
import { createAccountKey, type Talk, talkTo } from './harness/talk.ts'
import { until } from './harness/until.ts'
import { useEngineDatabase } from './harness/use-database.ts'
import { useReceiver } from './harness/use-receivers.ts'
import { useServers } from './harness/use-servers.ts'

// `ringback listen` as a process: signals, kills, standard streams and variables of Node. All else is in listen.test.ts.

vi.setConfig({ testTimeout: 120_000 })

const SECRET = 'whsec_c2VjcmV0IG9mIHRlc3RzIHRoYXQgaXMgbG9uZyBlbm91Z2g='

describeEngines('the process of ringback listen', (createDatabase) => {
  const server = useServers(createDatabase, () => ({ usual: {} }))
  const receiver = useReceiver()
  let ringback: Ringback
  let key: string
  let talk: Talk
  const here = () => ({ server: ringback.app.origin, forward: receiver.url, key })

  beforeEach(async () => {
    ringback = server('usual')
    key = await createAccountKey(ringback)
    talk = talkTo(() => ringback, key)
  })
  afterEach(killAllPrograms)

  test('gets each finished job as a signed request, shows it, and its answer is on record as an attempt', async () => {
    await talk.setWebhook('default', { secret: SECRET, include_result: true })
    receiver.answerWith((_request, response) => response.writeHead(202, { 'x-app': 'mine' }).end('thanks'))
    const program = await startListening({ ...here(), args: ['--print'] })
    const jobId = await talk.dispatch()
    const request = await receiver.request(1)
    const body = request.body.toString()
    expect(JSON.parse(body)).toMatchObject({ id: jobId, status: 'success', result: ['anna@example.com'] })
    new Webhook(SECRET).verify(body, headersOf(request))
    expect(headersOf(request)).toMatchObject({ 'user-agent': 'SharpAPIWebhook/1.0' })
    expect(request.path).toBe('/hook')

    const delivery = await talk.deliveryOf(jobId, 'status=delivered')
    const [listener] = await listeners(talk, 1)
    expect(delivery).toMatchObject({ listener_id: listener?.id, webhook_id: null, url: receiver.url, trigger: 'job' })
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
    await listeners(talk, 0)
  })

  test('Ctrl-C lets what is under way end, and gives the rest up; the second one does not wait', async () => {
    let release = () => {}
    receiver.answerWith((_request, response) => {
      release = () => response.end('done')
    })
    const program = await startListening(here())
    const jobId = await talk.dispatch()
    await receiver.request(1)
    const ended = program.kill('SIGINT')
    await program.printed(/1 under way/)
    release()
    expect((await ended).code).toBe(0)
    expect(await talk.deliveryOf(jobId, 'status=delivered')).toMatchObject({ attempts: [{ cause: null }] })

    receiver.answerWith(() => {})
    const impatient = await startListening(here())
    await talk.dispatch()
    await receiver.request(2)
    process.kill(impatient.pid, 'SIGINT')
    await impatient.printed(/1 under way/)
    expect((await impatient.kill('SIGINT')).code).toBe(130)
  })

  test('a laptop that is killed in the middle: the attempt is interrupted, and nothing counts against a webhook', async () => {
    receiver.answerWith(() => {})
    const program = await startListening(here())
    const jobId = await talk.dispatch()
    await receiver.request(1)
    await program.kill()
    const [listener] = await listeners(talk, 1)
    // The deadline of the attempt, and the patience with its answer.
    const delivery = await until('the attempt is on record', async () => {
      ringback.clock.move(2_000)
      const [found] = await talk.deliveries(`job_id=${jobId}&cause=interrupted`)
      return found ? await talk.delivery(found.id) : null
    })
    expect(delivery).toMatchObject({ status: 'waiting', attempts: [{ cause: 'interrupted' }] })
    expect((await talk.call('DELETE', `/listeners/${listener?.id}`)).status).toBe(204)
    expect(await talk.delivery(delivery.id)).toMatchObject({ status: 'discarded' })
    expect(await talk.webhook('default')).toMatchObject({ consecutive_failures: 0 })
  })

  test("HTTPS goes through a tunnel of the proxy, and a certificate of one's own is trusted when it is named", async () => {
    const certificate = await makeCertificate({ names: ['ringback.test'] })
    const tls = await startTlsProxy(ringback.app.origin, certificate)
    const proxy = await startTunnelProxy(tls.url)
    const file = join(await mkdtemp(join(tmpdir(), 'ringback-listen-')), 'own.pem')
    await writeFile(file, certificate.cert)
    const env = { HTTPS_PROXY: proxy.url, https_proxy: '', NO_PROXY: '' }
    const args = ['listen', '--forward', receiver.url, '--server', 'https://ringback.test']
    const refused = await startProgram(args, { RINGBACK_API_KEY: key, ...env }).ended
    expect(refused).toMatchObject({ code: 69, stderr: expect.stringContaining('certificate') })

    await startListening({
      ...{ server: 'https://ringback.test', forward: receiver.url, key },
      env: { ...env, NODE_EXTRA_CA_CERTS: file },
    })
    const jobId = await talk.dispatch()
    await talk.deliveryOf(jobId, 'status=delivered')
    expect(new Set(proxy.hosts)).toEqual(new Set(['ringback.test:443']))
    await rm(dirname(file), { recursive: true })
    await proxy.close()
    await tls.close()
  })

  test('what cannot be is one clear sentence on standard error', async () => {
    const args = ['listen', '--forward', '3000', '--server', ringback.app.origin, '--webhook', 'gone']
    expect(await startProgram(args, { RINGBACK_API_KEY: key }).ended).toMatchObject({
      code: 64,
      stdout: '',
      stderr: expect.stringMatching(/^Ringback cannot do this:\n {2}- .*no webhook "gone".*\n$/),
    })
  })
})

describeEngines('ringback listen, when somebody kills', (createDatabase) => {
  const database = useEngineDatabase(createDatabase)
  const receiver = useReceiver()
  afterEach(killAllPrograms)

  test('the server, in the middle of a delivery: it comes again with the same id, and the record tells both', async () => {
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const env = { ...database.env, RINGBACK_PORT: String(port), RINGBACK_API_KEY: TEST_API_KEY }
    const talk = talkTo(() => ({ app: { origin } }))
    const first = startServer(env)
    await first.ready()
    const program = await startListening({ server: origin, forward: receiver.url })
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
