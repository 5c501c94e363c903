import type { AddressInfo } from 'node:net'
import { type ApiKeys, createApiKeys } from './accounts/api-keys.ts'
import { createSessions, type Sessions } from './accounts/sessions.ts'
import { allTasks } from './code-tasks.ts'
import type { Config } from './config.ts'
import { createCourier } from './courier/courier.ts'
import { createEventTeller } from './courier/event-teller.ts'
import { createInbox } from './courier/inbox/inbox.ts'
import { createSender } from './courier/sender.ts'
import { reservePort } from './free-port.ts'
import type { Dashboard } from './http/process/dashboard.ts'
import { buildHttp } from './http/server.ts'
import { createCanceller } from './jobs/cancel.ts'
import { createDispatcher } from './jobs/dispatch.ts'
import { createDocumentSweeper } from './jobs/document-sweeper.ts'
import { createJobFinisher } from './jobs/finisher.ts'
import { createJobWaiter } from './jobs/job-waiter.ts'
import { createKeyForgetter } from './jobs/key-forgetter.ts'
import { createRetentionSweeper } from './jobs/retention-sweeper.ts'
import { createRunner } from './jobs/runner.ts'
import { type ProcessLease, takeProcessLease } from './leases/process-lease.ts'
import { watchLeasing } from './leases/watched-store.ts'
import { type Clock, sleep } from './lib/clock.ts'
import { EXIT_CODES, messageOf, StartError } from './lib/errors.ts'
import { newId } from './lib/ids.ts'
import type { Log } from './lib/log.ts'
import type { Random } from './lib/random.ts'
import { createListeners } from './listeners/listeners.ts'
import { createMetrics } from './metrics.ts'
import { laneOf } from './models/lane-of.ts'
import { LIST_PRICES } from './models/list-prices.ts'
import { createTaskModel } from './models/task-model.ts'
import { openStore, openVault } from './open-store.ts'
import type { AccountRow } from './store/accounts.ts'
import { OFFLINE_LANE } from './store/lane-health.ts'
import type { StoreThread } from './store/sqlite/thread.ts'
import type { Store, WorkKind } from './store/store.ts'
import { createTaskRegistry } from './tasks/registry.ts'
import { createTaskRunner } from './tasks/run-task.ts'
import { asksModel } from './tasks/task.ts'
import { VERSION } from './version.ts'
import { createWebhookSettings } from './webhooks/settings.ts'
import { createTestEvents } from './webhooks/test-events.ts'
import { createUrlGuard } from './webhooks/url-guard.ts'
import { createWorkers } from './workers/workers.ts'
import { customPath, isCustomType } from './workflows/definition.ts'
import { createWorkflowTasks } from './workflows/workflow-task.ts'
import { createWorkflows } from './workflows/workflows.ts'

/** The account of a fresh install. */
export const DEFAULT_ACCOUNT = 'default'

/**
 * How long a graceful stop waits for what is under way before it gives the rest back: a whole attempt (10 s by
 * default) and the record of it. Supervisors kill after 30 s by custom.
 */
const DRAIN_MS = 20_000

/** How long the rest may take to notice that it was given up. */
const ABORT_MS = 2_000

const NO_DASHBOARD: Dashboard = {
  current: async () => ({ state: 'failed', reason: 'this process was started without it' }),
}

export interface AppDependencies {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** The files of the dashboard; a process without them says so to browsers. */
  readonly dashboard?: Dashboard
  /** For an embedded database, when it was started before the app. */
  readonly storeThread?: StoreThread | null
  /** Certificate authorities besides the system's, for receivers in tests that sign their own. */
  readonly trustedCertificates?: string[]
}

export interface App {
  /** Where it listens, such as `http://127.0.0.1:4400`; the port is the real one when the setting was 0. */
  readonly origin: string
  /** The first API key of the account `default` when this start has made it; it cannot be shown again. */
  readonly generatedApiKey: string | null
  readonly store: Store
  readonly defaultAccount: AccountRow
  readonly apiKeys: ApiKeys
  readonly sessions: Sessions
  /**
   * Ends gracefully: takes no requests any more, ends what is under way, gives back what does not end in time, closes
   * the database.
   */
  stop(): Promise<void>
}

/**
 * The composition root: builds every part, connects them, and starts them in the order in which they need each other.
 * @throws StartError when the database, the master key or the port cannot be used
 */
export async function startApp(
  settings: Config,
  { clock, random, log, trustedCertificates, storeThread, dashboard = NO_DASHBOARD }: AppDependencies,
): Promise<App> {
  // First, because it is the only step that runs code of somebody else: when it fails, nothing has been touched.
  const registry = createTaskRegistry(await allTasks(settings))
  const { config, letGo } = await reservePort(settings)
  const store = await openStore(config, { clock, log, thread: storeThread }).catch(async (error: unknown) => {
    await letGo()
    throw error
  })
  let lease: ProcessLease | null = null

  async function endsWithin(limitMs: number, work: Promise<void>): Promise<boolean> {
    const ended = new AbortController()
    const limit = sleep(clock, limitMs, ended.signal).then(() => ended.signal.aborted)
    void work.then(() => ended.abort())
    return await limit
  }

  try {
    const vault = await openVault(config, store)
    const defaultAccount = await store.ensureAccount({
      id: newId(),
      name: DEFAULT_ACCOUNT,
      webhookId: newId(),
      createdAt: clock.now(),
    })
    const apiKeys = createApiKeys({ store, clock })
    const sessions = createSessions({ store, apiKeys, clock })
    if (config.apiKey !== null) await apiKeys.ensure(defaultAccount.id, 'RINGBACK_API_KEY', config.apiKey)

    lease = await takeProcessLease({ store, clock, log })
    const held: ProcessLease = lease
    const leasing = watchLeasing(store, held)
    const abortRuns = new AbortController()
    const giveUp = new AbortController()

    const guard = createUrlGuard({ ...config, clock })
    const metrics = createMetrics({ jobs: () => runner.underWay, deliveries: () => courier.underWay })
    const sender = createSender({
      guard,
      clock,
      timeoutMs: config.webhookTimeoutMs,
      proxy: config.webhookProxy && { ...config.webhookProxy, except: config.webhookProxyExcept },
      trustedCertificates,
    })
    const inbox = createInbox({ clock, timeoutMs: config.webhookTimeoutMs })
    const courier = createCourier({
      store: leasing,
      sender,
      inbox,
      vault,
      clock,
      random,
      log,
      lease: held,
      userAgent: config.webhookUserAgent,
      scheduleMs: config.webhookRetryScheduleMs,
      giveUp: giveUp.signal,
      onUntold: () => teller.tell(),
      onAttempt: metrics.countAttempt,
    })

    const teller = createEventTeller({ store, clock, log })
    const sweeper = createDocumentSweeper({ store, retentionMs: config.documentRetentionMs, clock, log })

    const modelLane = config.model === null ? OFFLINE_LANE : laneOf(config.model)
    await store.ensureLane({ id: modelLane, createdAt: clock.now() })
    const model = createTaskModel({
      config: config.model,
      vision: config.modelVision,
      clock,
      log,
      prices: config.modelPrices,
      listPrices: LIST_PRICES,
    })
    const taskRunner = createTaskRunner({
      registry,
      findTask: createWorkflowTasks({ store }),
      model,
      documents: store,
      clock,
    })
    const statusUrl = (type: string, jobId: string) =>
      `${config.publicUrl}/api/v1${isCustomType(type) ? customPath(type) : (registry.byType(type)?.path ?? '')}/job/status/${jobId}`
    const jobWaiter = createJobWaiter({ store, clock, log })
    const finisher = createJobFinisher({
      store: jobWaiter.watchEnds(leasing),
      courier: config.roles.has('courier') ? courier : null,
      clock,
      log,
      statusUrl,
      giveUp: giveUp.signal,
    })
    const runner = createRunner({
      store: leasing,
      tasks: taskRunner,
      finisher,
      clock,
      random,
      log,
      lease: held,
      caps: config.jobCaps,
      waitMaxMs: config.jobWaitMaxMs,
      runMaxMs: config.jobRunMaxMs,
      abortRuns: abortRuns.signal,
      onEnd: metrics.countJob,
    })

    const dispatcher = createDispatcher({
      store: leasing,
      clock,
      runner: config.roles.has('runner') ? runner : null,
      processId: () => held.processId,
      laneOf(type) {
        const task = registry.byType(type)
        return isCustomType(type) || (task && asksModel(task)) ? modelLane : OFFLINE_LANE
      },
      caps: config.jobCaps,
    })
    const canceller = createCanceller({ store: leasing, finisher, clock, log, lease: held })
    const keyForgetter = createKeyForgetter({ store, clock, log })
    const retention = createRetentionSweeper({ ...config, store, clock, log })
    const workflows = createWorkflows({ store, clock, newId })
    const workers = createWorkers({
      store: jobWaiter.watchEnds(store),
      clock,
      random,
      log,
      newId,
      statusUrl,
      heldMax: config.workerJobsMax,
      waitMaxMs: config.jobWaitMaxMs,
      onEnd: metrics.countJob,
    })
    const listeners = createListeners({
      store: leasing,
      vault,
      clock,
      random,
      log,
      lease: held,
      newId,
      userAgent: config.webhookUserAgent,
      timeoutMs: config.webhookTimeoutMs,
      scheduleMs: config.webhookRetryScheduleMs,
    })
    const webhookSettings = createWebhookSettings({ store, guard, vault, clock, newId })
    const http = buildHttp({
      config,
      clock,
      log,
      store,
      tasks: registry,
      dispatcher,
      canceller,
      jobWaiter,
      guard,
      webhookSettings,
      workflows,
      workers,
      listeners,
      testEvents: createTestEvents({ store, guard, clock, newId }),
      apiKeys,
      sessions,
      dashboard,
      metrics: metrics.registry,
      isReady: () => checkReadiness(store),
      version: VERSION,
    })

    if (config.roles.has('runner')) {
      runner.start()
      sweeper.start()
    }
    if (config.roles.has('courier')) {
      courier.start()
      teller.start()
    }
    const onWork: Partial<Record<WorkKind, () => void>> = {
      jobs: () => runner.wake(),
      deliveries: () => courier.wake(),
      cancelled: () => runner.lookForCancelled(),
    }
    const stopListening = store.onWork((kind) => onWork[kind]?.())
    await letGo()
    await listen(http, config)
    keyForgetter.start()
    retention.start()
    listeners.start()
    // Last, when nothing can stop the start any more: a key that nobody was shown would be the only one, for ever.
    const generatedApiKey = config.apiKey === null ? await makeFirstKey(apiKeys, defaultAccount) : null
    const { port } = http.server.address() as AddressInfo
    if (config.roles.has('runner')) {
      void Promise.all([taskRunner.warmUp(), model.warmUp()]).catch((error) =>
        log.warn({ err: error }, 'warm-up failed'),
      )
    }

    return {
      origin: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
      generatedApiKey,
      store,
      defaultAccount,
      apiKeys,
      sessions,
      async stop() {
        stopListening()
        jobWaiter.stop()
        workers.close()
        await listeners.stop()
        await http.close()
        await keyForgetter.stop()
        await retention.stop()
        // Jobs first: their ends make deliveries, which the courier may still send.
        const drained = runner.stop().then(() => courier.stop())
        if (!(await endsWithin(DRAIN_MS, drained))) {
          abortRuns.abort()
          giveUp.abort()
          await endsWithin(ABORT_MS, drained)
        }
        await teller.stop()
        await sweeper.stop()
        await sender.close()
        await inbox.close()
        await taskRunner.close()
        await model.close()
        // A database that is away now takes the leases back by itself, 15 s after the last heartbeat.
        await held
          .release()
          .catch((error) => log.warn({ reason: messageOf(error) }, 'leases were not given back; they will expire'))
        await store.close()
      },
    }
  } catch (error) {
    await lease?.release().catch(() => {})
    await store.close()
    await letGo()
    throw error
  }
}

/** Makes a key when the account has none, and gives it. */
async function makeFirstKey(apiKeys: ApiKeys, account: AccountRow): Promise<string | null> {
  if ((await apiKeys.list(account.id)).length > 0) return null
  return (await apiKeys.create(account.id, 'first key')).key
}

async function checkReadiness(store: Store): Promise<{ ready: boolean; reasons: string[] }> {
  try {
    await store.ping()
    return { ready: true, reasons: [] }
  } catch {
    return { ready: false, reasons: ['the database does not answer'] }
  }
}

async function listen(http: ReturnType<typeof buildHttp>, { host, port }: Config): Promise<void> {
  try {
    await http.listen({ host, port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason =
      code === 'EADDRINUSE'
        ? `port ${port} on ${host} is in use; stop the other program or set RINGBACK_PORT`
        : `cannot listen on ${host}:${port}: ${messageOf(error)}`
    throw new StartError(EXIT_CODES.unavailable, [reason])
  }
}
