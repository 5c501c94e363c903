import type { ApiKeys } from './accounts/api-keys.ts'
import type { Sessions } from './accounts/sessions.ts'
import { openAccounts } from './app/accounts.ts'
import { createAddresses } from './app/addresses.ts'
import { allTasks } from './app/code-tasks.ts'
import { createCourierPart } from './app/courier-part.ts'
import { reservePort } from './app/free-port.ts'
import type { Ground } from './app/ground.ts'
import { createHttpPart } from './app/http-part.ts'
import { takeLease } from './app/lease-part.ts'
import { createListenersPart } from './app/listeners-part.ts'
import { createMetrics } from './app/metrics.ts'
import { createParts } from './app/part.ts'
import { createPatience } from './app/patience.ts'
import { createRunnerPart } from './app/runner-part.ts'
import { openStorage } from './app/storage-part.ts'
import { createSweepers } from './app/sweepers.ts'
import { openTasks } from './app/tasks-part.ts'
import { createWaitsPart } from './app/waits-part.ts'
import { createWakeUps } from './app/wake-ups.ts'
import { createWarmUp } from './app/warm-up.ts'
import { createWorkersPart } from './app/workers-part.ts'
import type { Config } from './config.ts'
import type { Dashboard } from './http/process/dashboard.ts'
import type { Clock } from './lib/clock.ts'
import { newId } from './lib/ids.ts'
import type { Log } from './lib/log.ts'
import type { Random } from './lib/random.ts'
import type { AccountRow } from './store/accounts.ts'
import type { StoreThread } from './store/sqlite/thread.ts'
import type { Store } from './store/store.ts'
import { createTaskRegistry } from './tasks/registry.ts'
import { createWorkflows } from './workflows/workflows.ts'

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
  const patience = createPatience(clock)
  const parts = createParts(log)

  try {
    const port = parts.add(await reservePort(settings))
    const { config } = port
    const { store, vault } = parts.add(await openStorage(config, { clock, log, thread: storeThread }))
    const accounts = await openAccounts(config, { store, clock })
    const { lease, leasing } = parts.add(await takeLease({ store, clock, log }))
    const metrics = createMetrics(clock)
    const ground: Ground = { config, clock, random, log, store, vault, lease, leasing, metrics, patience }

    const { guard, webhookSettings, testEvents } = createAddresses(ground)
    const tasks = await openTasks(ground, registry)
    const courier = createCourierPart(ground, { guard, trustedCertificates })
    const waits = createWaitsPart(ground)
    const runner = createRunnerPart(ground, { tasks, courier: courier.local, jobWaiter: waits.jobWaiter })
    const workers = createWorkersPart(ground, { jobWaiter: waits.jobWaiter, statusUrl: tasks.statusUrl })
    const listeners = createListenersPart(ground)
    const http = createHttpPart(ground, {
      port,
      tasks: registry,
      dispatcher: runner.dispatcher,
      canceller: runner.canceller,
      jobWaiter: waits.jobWaiter,
      guard,
      webhookSettings,
      testEvents,
      statusUrl: tasks.statusUrl,
      workflows: createWorkflows({ store, clock, newId }),
      workers: workers.workers,
      listeners: listeners.listeners,
      apiKeys: accounts.apiKeys,
      sessions: accounts.sessions,
      dashboard,
    })

    // The order in which they start. They stop in the opposite one: nobody waits for an answer any more, no request
    // comes, no work is taken; jobs end before the courier, because their ends make deliveries that it may still send.
    parts.add(tasks)
    parts.add(courier)
    parts.add(runner)
    parts.add(createWakeUps({ store, runner: runner.runner, courier: courier.courier }))
    parts.add(http)
    for (const sweeper of createSweepers(ground)) parts.add(sweeper)
    parts.add(listeners)
    parts.add(workers)
    parts.add(waits)
    parts.add(createWarmUp(ground, config.roles.has('runner') ? tasks.warmUps : []))
    await parts.start()

    // Last, when nothing can stop the start any more: a key that nobody was shown would be the only one, for ever.
    const generatedApiKey = await accounts.makeFirstKey()
    const { defaultAccount, apiKeys, sessions } = accounts
    return { origin: http.origin, generatedApiKey, store, defaultAccount, apiKeys, sessions, stop: () => parts.stop() }
  } catch (error) {
    patience.giveUp()
    await parts.stop().catch(() => {})
    throw error
  }
}
