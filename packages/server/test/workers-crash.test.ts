import { afterEach, expect, test, vi } from 'vitest'
import { sleep, systemClock } from '../src/lib/clock.ts'
import { createPrng } from './harness/prng.ts'
import { callApi, describeEngines, TEST_API_KEY } from './harness/ringback.ts'
import { killAllPrograms, startServer } from './harness/server-process.ts'
import { until } from './harness/until.ts'
import { useEngineDatabase } from './harness/use-database.ts'
import { useReceiver } from './harness/use-receivers.ts'

// Real servers that are killed while a worker holds a job. What happens to killed workers is in worker-python.test.ts.

// A server takes half a second to start, and longer on a machine that is busy with other things.
vi.setConfig({ testTimeout: 180_000 })

/** Kills between the request that ends a job and its answer. */
const KILLS = 4

const WORKFLOW = { slug: 'scan', name: 'Scan', run_by: 'worker', output_schema: { text: 'string' } }

describeEngines('a server that is killed while a worker holds a job', (createDatabase) => {
  const database = useEngineDatabase(createDatabase)
  const receiver = useReceiver()
  afterEach(killAllPrograms)

  /** A server and the usual ways of talking to it. */
  async function start() {
    const server = startServer({ ...database.env, RINGBACK_API_KEY: TEST_API_KEY })
    const origin = await server.ready()
    const call = (method: string, path: string, body?: unknown) =>
      callApi(origin, TEST_API_KEY, method, `/api/v1${path}`, body)
    return { server, call }
  }

  type Started = Awaited<ReturnType<typeof start>>

  async function setUp({ call }: Started): Promise<void> {
    const webhook = { enabled: true, url: receiver.url, secret: 'a secret of tests', include_result: true }
    expect((await call('PATCH', '/webhooks/default', webhook)).status).toBe(200)
    expect((await call('POST', '/workflows', WORKFLOW)).status).toBe(201)
  }

  async function leased({ call }: Started): Promise<{ jobId: string; leaseId: string }> {
    expect((await call('POST', '/custom/scan', {})).status).toBe(202)
    const { json } = await call('POST', '/worker/lease', { types: ['custom_scan'] })
    return { jobId: json.jobs[0].id, leaseId: json.lease_id }
  }

  /** The webhooks of a job that was told, as often as it was delivered. */
  async function told({ call }: Started, jobId: string) {
    const deliveries = await until(`job ${jobId} was told`, async () => {
      const { json } = await call('GET', `/deliveries?job_id=${jobId}`)
      return json.data[0]?.status === 'delivered' ? json.data : null
    })
    expect(deliveries).toHaveLength(1)
    const bodies = receiver.requests.map(({ body }) => JSON.parse(body.toString())).filter(({ id }) => id === jobId)
    expect(bodies.length).toBeGreaterThan(0)
    return bodies
  }

  test('the worker keeps its lease, and completes the job at the server that is started next', async () => {
    const first = await start()
    await setUp(first)
    const { jobId, leaseId } = await leased(first)
    await first.server.kill()

    const second = await start()
    expect((await second.call('POST', '/worker/lease', { types: ['custom_scan'] })).json.jobs).toEqual([])
    const beat = await second.call('POST', `/worker/jobs/${jobId}/heartbeat`, { lease_id: leaseId })
    expect(beat).toMatchObject({ status: 200, json: { expires_at: expect.any(String) } })
    const done = { lease_id: leaseId, result: { text: 'one' } }
    expect((await second.call('POST', `/worker/jobs/${jobId}/complete`, done)).status).toBe(200)
    expect(await told(second, jobId)).toMatchObject([{ id: jobId, status: 'success', result: { text: 'one' } }])
  })

  test('between a result and its answer: asked again, the result is there once, and is told', async () => {
    const prng = createPrng(7)
    let started = await start()
    await setUp(started)
    for (let kill = 0; kill < KILLS; kill++) {
      const { jobId, leaseId } = await leased(started)
      const result = { text: `result ${kill}` }
      const complete = ({ call }: Started) =>
        call('POST', `/worker/jobs/${jobId}/complete`, { lease_id: leaseId, result })
      const lost = complete(started).catch(() => null)
      await sleep(systemClock, prng.integer(0, 12))
      await started.server.kill()
      const answer = await lost

      started = await start()
      const again = await complete(started)
      // Whatever the first try was answered, the second one writes the result or says that it is there.
      const expected = answer?.status === 200 ? [409] : [200, 409]
      expect(expected, again.text).toContain(again.status)
      if (again.status === 409) expect(again.json.code).toBe('job.ended')
      for (const body of await told(started, jobId)) expect(body).toMatchObject({ status: 'success', result })
    }
    expect((await started.call('POST', '/worker/lease', { types: ['custom_scan'] })).json.jobs).toEqual([])
  })
})
