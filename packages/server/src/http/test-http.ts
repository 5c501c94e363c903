import type { FinalJobStatus, JobError } from '@ringback/contract'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { Registry } from 'prom-client'
import { createStandingClock, type StandingClock } from '../../test/harness/standing-clock.ts'
import { createApiKeys } from '../accounts/api-keys.ts'
import { createSessions } from '../accounts/sessions.ts'
import { createCanceller } from '../jobs/cancel.ts'
import { createDispatcher } from '../jobs/dispatch.ts'
import { createJobFinisher } from '../jobs/finisher.ts'
import { createJobWaiter } from '../jobs/job-waiter.ts'
import { newId } from '../lib/ids.ts'
import { createLog, silentLog } from '../lib/log.ts'
import { createListeners } from '../listeners/listeners.ts'
import type { AttemptRow } from '../store/deliveries.ts'
import { type LeasedJob, NO_CAPS } from '../store/jobs.ts'
import { OFFLINE_LANE } from '../store/lane-health.ts'
import { openSqliteStore } from '../store/sqlite/sqlite.ts'
import type { Store } from '../store/store.ts'
import { createTaskRegistry } from '../tasks/registry.ts'
import { jobWebhookAddress } from '../webhooks/job-webhook-address.ts'
import { createVault } from '../webhooks/secret-vault.ts'
import { createWebhookSettings } from '../webhooks/settings.ts'
import { createTestEvents } from '../webhooks/test-events.ts'
import { createUrlGuard } from '../webhooks/url-guard.ts'
import { createWorkers } from '../workers/workers.ts'
import { createWorkflows } from '../workflows/workflows.ts'
import type { HttpDeps } from './deps.ts'
import type { Readiness } from './process/health.ts'
import { buildHttp } from './server.ts'

/** The lane of jobs that need a model. */
export const MODEL_LANE = 'compatible/test'
/** The settings that the HTTP side reads. */
export const TEST_HTTP_CONFIG: HttpDeps['config'] = {
  roles: new Set(['api', 'runner', 'courier']),
  publicUrl: 'http://ringback.test:4400',
  requestsPerMinute: 1_000,
  webhookTimeoutMs: 10_000,
  documentBytesMax: 1024 * 1024,
  retentionMs: 90 * 86_400_000,
  payloadRetentionMs: null,
  webhookUserAgent: 'SharpAPIWebhook/1.0',
  webhookRetryScheduleMs: [10_000, 60_000, 600_000],
}

/** An answer with its body read as JSON. */
export interface Answer {
  readonly status: number
  readonly headers: LightMyRequestResponse['headers']
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape, and a wrong look fails the test.
  readonly json: any
}

export interface TestHttp extends AsyncDisposable {
  readonly app: ReturnType<typeof buildHttp>
  readonly deps: HttpDeps
  readonly store: Store
  readonly clock: StandingClock
  readonly accountId: string
  /** A valid key of the account. */
  readonly key: string
  /** All lines of the log so far. */
  readonly log: Record<string, unknown>[]
  readonly readiness: { current: Readiness }
  /** Sends a request with the key of the account, unless it brings an `authorization` of its own. */
  call(method: InjectOptions['method'], url: string, options?: CallOptions): Promise<Answer>
  /** Makes an account; gives a key of it, and the headers that bring it. */
  addAccount(name: string): Promise<{ accountId: string; key: string; headers: { authorization: string } }>
  /** Starts all jobs that wait, as a runner would. */
  startJobs(): Promise<void>
  /** Ends a job that waits, as a runner would. */
  finishJob(jobId: string, end: { status: FinalJobStatus; result?: string; error?: JobError }): Promise<void>
  /** Makes the next attempt of a delivery that is due, as a courier would, and ends it; gives its id. */
  attemptDelivery(attempt?: Partial<AttemptRow>): Promise<string>
  /** Leases all deliveries that are due, as a courier does before it sends them. */
  claimDeliveries(): Promise<void>
}

export interface CallOptions {
  readonly body?: unknown
  /** Undefined takes away what would be sent. */
  readonly headers?: Record<string, string | undefined>
}

/** The whole HTTP side in this process on a real database in memory; only clock and DNS are the test's. */
export async function openTestHttp(overrides: Partial<HttpDeps> = {}): Promise<TestHttp> {
  const clock = createStandingClock()
  const store = await openSqliteStore({ file: ':memory:', clock })
  const apiKeys = createApiKeys({ store, clock })
  const guard = createUrlGuard({
    allowHttpTargets: false,
    allowPrivateTargets: [],
    resolve: async () => ['93.184.215.14'],
    clock,
  })
  const vault = createVault(Buffer.alloc(32, 7))
  const log: Record<string, unknown>[] = []
  const readiness: { current: Readiness } = { current: { ready: true, reasons: [] } }
  const processId = newId()
  await store.insertProcess({
    id: processId,
    host: 'test',
    pid: 1,
    startedAt: clock.now(),
    expiresAt: clock.now() + 1e9,
  })
  await store.ensureLane({ id: MODEL_LANE, createdAt: clock.now() })
  const laneOf = (type: string) => (createTaskRegistry().byType(type)?.kind === 'model' ? MODEL_LANE : OFFLINE_LANE)
  const lease = { processId, hold: () => {}, letGo: () => {} }
  const jobWaiter = createJobWaiter({ store, clock, log: silentLog })
  const finisher = createJobFinisher({
    store: jobWaiter.watchEnds(store),
    courier: null,
    clock,
    log: silentLog,
    statusUrl: (_type, jobId) => `http://ringback.test:4400/${jobId}`,
    giveUp: new AbortController().signal,
  })
  const deps: HttpDeps = {
    config: TEST_HTTP_CONFIG,
    clock,
    store,
    tasks: createTaskRegistry(),
    dispatcher: createDispatcher({ store, clock, runner: null, processId: () => processId, laneOf, caps: NO_CAPS }),
    jobWaiter,
    canceller: createCanceller({ store, finisher, clock, log: silentLog, lease }),
    webhookSettings: createWebhookSettings({ store, guard, vault, clock, newId }),
    vault,
    workflows: createWorkflows({ store, clock, newId }),
    workers: createWorkers({
      store,
      clock,
      random: () => 1,
      log: silentLog,
      newId,
      statusUrl: (type, jobId) => `http://ringback.test:4400/${type}/${jobId}`,
      heldMax: 20,
      waitMaxMs: 86_400_000,
      onEnd: () => {},
    }),
    listeners: createListeners({
      store,
      vault,
      clock,
      random: () => 0,
      log: silentLog,
      lease,
      newId,
      userAgent: TEST_HTTP_CONFIG.webhookUserAgent,
      timeoutMs: TEST_HTTP_CONFIG.webhookTimeoutMs,
      scheduleMs: TEST_HTTP_CONFIG.webhookRetryScheduleMs,
    }),
    statusUrl: (_type, jobId) => `http://ringback.test:4400/${jobId}`,
    testEvents: createTestEvents({ store, guard, clock, newId }),
    guard,
    apiKeys,
    dashboard: { current: async () => ({ state: 'building' }) },
    sessions: createSessions({ store, apiKeys, clock }),
    log: createLog('debug', { write: (line) => log.push(JSON.parse(line)) }),
    metrics: new Registry(),
    isReady: async () => readiness.current,
    version: '0.0.0',
    ...overrides,
  }
  const app = buildHttp(deps)

  async function addAccount(name: string) {
    const account = await store.ensureAccount({ id: newId(), name, webhookId: newId(), createdAt: clock.now() })
    const { key } = await apiKeys.create(account.id, 'test')
    return { accountId: account.id, key, headers: { authorization: `Bearer ${key}` } }
  }
  const { accountId, key } = await addAccount('default')
  const startedJobs = new Map<string, LeasedJob>()

  async function startJobs() {
    for (const job of await store.claimJobs({ processId, limit: 100, now: clock.now() })) startedJobs.set(job.id, job)
  }

  return {
    app,
    deps,
    store,
    clock,
    accountId,
    key,
    log,
    readiness,
    addAccount,
    async call(method, url, { body, headers } = {}) {
      const response = await app.inject({
        method: method ?? 'GET',
        url,
        headers: Object.fromEntries(
          Object.entries({
            authorization: `Bearer ${key}`,
            ...(body !== undefined && { 'content-type': 'application/json' }),
            ...headers,
          }).filter(([, value]) => value !== undefined),
        ),
        ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const isJson = String(response.headers['content-type']).includes('json')
      return {
        status: response.statusCode,
        headers: response.headers,
        text: response.body,
        json: isJson ? response.json() : null,
      }
    },
    startJobs,
    async finishJob(
      jobId,
      {
        status,
        result = null,
        error = null,
      }: { status: FinalJobStatus; result?: string | null; error?: JobError | null },
    ) {
      await startJobs()
      const { accountId: owner = '', jobWebhookUrl = null } = startedJobs.get(jobId) ?? {}
      await jobWaiter.watchEnds(store).finishJob({
        id: jobId,
        jobWebhookAddress: jobWebhookUrl === null ? null : jobWebhookAddress(owner, jobWebhookUrl),
        leasedBy: processId,
        status,
        result,
        error,
        finishedAt: clock.now(),
        body: JSON.stringify({ id: jobId, status }),
        bodyWithResult: JSON.stringify({ id: jobId, status, result }),
        leaseDeliveriesMax: 0,
      })
    },
    async attemptDelivery(attempt = {}) {
      const [leased] = await store.claimDeliveries({ processId, limit: 1, now: clock.now() })
      if (!leased) throw new Error('no delivery is due')
      const row: AttemptRow = {
        number: leased.attemptCount + 1,
        startedAt: clock.now(),
        cause: null,
        message: null,
        url: leased.url ?? '',
        requestHeaders: [['webhook-id', leased.id]],
        responseStatus: 200,
        responseHeaders: [['content-type', 'text/plain']],
        responseBody: 'thanks',
        responseTruncated: false,
        remoteAddress: '93.184.215.14:443',
        timing: { dnsMs: 1, connectMs: 2, tlsMs: 3, firstByteMs: 20.5, totalMs: 34.4 },
        resend: leased.resend,
        ...attempt,
      }
      await store.recordAttempt({
        deliveryId: leased.id,
        leasedBy: processId,
        attempt: row,
        next: { status: row.cause === null || leased.deliveredBefore ? 'delivered' : 'failed' },
        finishedAt: clock.now(),
        addressId: leased.addressId,
        report:
          row.cause === null
            ? { kind: 'reached' }
            : { kind: 'failed', cause: row.cause, slow: false, askedUntil: null, gone: false, probe: leased.probe },
        spendsSchedule: row.cause !== null,
      })
      return leased.id
    },
    async claimDeliveries() {
      await store.claimDeliveries({ processId, limit: 100, now: clock.now() })
    },
    async [Symbol.asyncDispose]() {
      await app.close()
      await store.close()
    },
  }
}
