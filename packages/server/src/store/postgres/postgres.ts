import type { Clock } from '../../lib/clock.ts'
import { messageOf } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import { takeTurnsToLook } from '../looks.ts'
import type { Store, WorkKind } from '../store.ts'
import { accountOperations } from './accounts.ts'
import { findCompression } from './compression.ts'
import { openDatabase } from './database.ts'
import { deliveryOperations } from './deliveries.ts'
import { deliveryStatsOperations } from './delivery-stats.ts'
import { documentOperations } from './documents.ts'
import { duePayloadOperations } from './due-payloads.ts'
import { idempotencyOperations } from './idempotency.ts'
import { jobRunOperations } from './job-runs.ts'
import { jobOperations } from './jobs.ts'
import { laneOperations } from './lanes.ts'
import { listenerOperations } from './listeners.ts'
import { migrate } from './migrate.ts'
import { missedOperations } from './missed.ts'
import { noticeOperations } from './notices.ts'
import { overviewOperations } from './overview.ts'
import { processOperations } from './processes.ts'
import { replanOperations } from './replan.ts'
import { retentionOperations } from './retention.ts'
import { sessionOperations } from './sessions.ts'
import { withFirstConnection } from './start-check.ts'
import { createTurns } from './turns.ts'
import { webhookOperations } from './webhooks.ts'
import { WorkListener } from './work-listener.ts'
import { workerJobOperations } from './worker-jobs.ts'
import { workflowOperations } from './workflows.ts'

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`, with the parameters that `pg` understands. */
  readonly url: string
  readonly clock: Clock
  /** Whether the schema of an older version may be brought to this one; true when left out. */
  readonly mayUpgrade?: boolean
  /** Told about connections that broke. */
  readonly log?: Pick<Log, 'warn'>
  /** Connections at most, besides the one that listens. */
  readonly poolMax?: number
}

/**
 * Two for each of the three kinds of batches (four of these six keep their plans), two for claims, two for people. A
 * server takes 100 by default, so about nine processes of ours before somebody must raise it.
 */
const POOL_MAX = 10

/** The connections that are for people: however much they look at, those of claims and heartbeats stay free. */
const LOOKS_AT_ONCE = 2

/** After how long addresses that somebody held are worth another look: transactions of ours take a few milliseconds. */
const PASSED_BY_MS = 20

/**
 * Opens a PostgreSQL database, migrated to this version. Any number of processes may have it open.
 * @throws StartError when it cannot be reached, is older than PostgreSQL 15, or was written by a newer Ringback
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { url, clock, log, mayUpgrade = true, poolMax = POOL_MAX } = options
  const compression = await withFirstConnection(url, async (client) => {
    await migrate(client, clock.now(), mayUpgrade)
    return await findCompression(client)
  })

  const listeners = new Set<(kind: WorkKind) => void>()
  const tellOfWork = (kind: WorkKind) => {
    for (const listener of listeners) listener(kind)
  }
  const database = openDatabase({
    url,
    poolMax,
    compression,
    onConnectionLost: (error) => log?.warn({ reason: messageOf(error) }, 'a database connection was lost'),
  })
  const workListener = new WorkListener({
    url,
    clock,
    onWork: tellOfWork,
    onLost: (error, retryDelayMs) =>
      log?.warn({ reason: messageOf(error), retryDelayMs }, 'not listening for work of other processes'),
  })
  await workListener.start()

  const endings = createTurns(clock)
  const { idle: jobsIdle, ...jobs } = jobOperations(database, endings)
  const { idle: keyedJobsIdle, ...idempotency } = idempotencyOperations(database)
  const { idle: deliveriesIdle, ...deliveries } = deliveryOperations(database, {
    turns: endings,
    onWaiting: () => tellOfWork('deliveries'),
    onPassedBy: () => void clock.after(PASSED_BY_MS, () => tellOfWork('deliveries')),
  })
  const { looks, end: endLooks } = takeTurnsToLook(
    {
      ...jobs,
      ...deliveries,
      ...deliveryStatsOperations(database),
      ...overviewOperations(database),
      ...missedOperations(database),
    },
    LOOKS_AT_ONCE,
  )
  return {
    engine: 'postgres',
    ...accountOperations(database),
    ...sessionOperations(database),
    ...webhookOperations(database),
    ...jobs,
    ...idempotency,
    ...jobRunOperations(database),
    ...laneOperations(database),
    ...workerJobOperations(database),
    ...workflowOperations(database),
    ...documentOperations(database),
    ...deliveries,
    ...listenerOperations(database),
    ...missedOperations(database),
    ...retentionOperations(database),
    ...duePayloadOperations(database),
    ...noticeOperations(database),
    ...processOperations(database),
    ...replanOperations(database),
    ...looks,
    onWork(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async ping() {
      await database.run('select 1')
    },
    async close() {
      endLooks()
      await Promise.all([jobsIdle(), keyedJobsIdle(), deliveriesIdle()])
      await workListener.close()
      await database.close()
    },
  }
}
