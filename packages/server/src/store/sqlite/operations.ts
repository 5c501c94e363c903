import { createRequire } from 'node:module'
import type { WorkKind } from '../store.ts'
import { accountOperations } from './accounts.ts'
import { createAddresses } from './addresses.ts'
import type { Database } from './database.ts'
import { deliveryOperations } from './deliveries.ts'
import { documentOperations } from './documents.ts'
import { idempotencyOperations } from './idempotency.ts'
import { jobRunOperations } from './job-runs.ts'
import { jobOperations } from './jobs.ts'
import { laneOperations } from './lanes.ts'
import { listenerOperations } from './listeners.ts'
import type { ListName } from './lists.ts'
import { missedOperations } from './missed.ts'
import { noticeOperations } from './notices.ts'
import { processOperations } from './processes.ts'
import { recoveryOperations } from './recovery.ts'
import { replanOperations } from './replan.ts'
import { retentionOperations } from './retention.ts'
import { sessionOperations } from './sessions.ts'
import type { OperationName, Operations } from './synchronous.ts'
import { webhookOperations } from './webhooks.ts'
import { workerJobOperations } from './worker-jobs.ts'
import { workflowOperations } from './workflows.ts'

/** Operations that change nothing that is remembered (`database.ts`), or say so themselves. All others forget it. */
const KEEPS_REMEMBERED: ReadonlySet<string> = new Set(['insertJob', 'insertJobOnce', 'finishJob', 'recordAttempt'])

const require = createRequire(import.meta.url)

/** The lists, loaded by the first that is asked for: Kysely's 255 modules were a third of what a start loads in this thread. */
function lateListOperations(database: Database): Pick<Operations, ListName> {
  let loaded: Pick<Operations, ListName> | null = null
  const lists = () => {
    if (loaded) return loaded
    const { listOperations }: typeof import('./lists.ts') = require('./lists.ts')
    loaded = listOperations(database)
    return loaded
  }
  return {
    listJobs: (filter) => lists().listJobs(filter),
    listDeliveries: (filter) => lists().listDeliveries(filter),
    listRecentAttempts: (filter) => lists().listRecentAttempts(filter),
    countFailed: (filter) => lists().countFailed(filter),
    sumDeliveries: (page) => lists().sumDeliveries(page),
    sumJobs: (page) => lists().sumJobs(page),
  }
}

/** All operations on one connection. `wake` is told what may be due now that nobody has leased. */
export function createOperations(database: Database, wake: (kind: WorkKind) => void): Operations {
  const addresses = createAddresses(database)
  const jobs = jobOperations(database, addresses, wake)
  const operations: Operations = {
    ...accountOperations(database),
    ...sessionOperations(database),
    ...webhookOperations(database, addresses, wake),
    ...jobs,
    ...idempotencyOperations(database, jobs.insertJob),
    ...workerJobOperations(database),
    ...workflowOperations(database),
    ...jobRunOperations(database),
    ...laneOperations(database, wake),
    ...documentOperations(database),
    ...deliveryOperations(database, addresses, wake),
    ...lateListOperations(database),
    ...listenerOperations(database, wake),
    ...recoveryOperations(database, addresses, wake),
    ...missedOperations(database, addresses, wake),
    ...retentionOperations(database),
    ...noticeOperations(database, addresses, wake),
    ...processOperations(database, addresses, wake),
    ...replanOperations(database, addresses, wake),
  }
  const forgetting = Object.entries(operations).map(([name, operation]) => [
    name,
    KEEPS_REMEMBERED.has(name)
      ? operation
      : (...parameters: unknown[]) => {
          database.forget()
          const result = (operation as (...all: unknown[]) => unknown)(...parameters)
          database.forget()
          return result
        },
  ])
  // The cast: the same names with the same parameters.
  return Object.fromEntries(forgetting) as Operations
}

/** Operations that change nothing: a batch of them alone needs no write transaction. */
export const READ_OPERATIONS: ReadonlySet<OperationName> = new Set([
  'findAccount',
  'listAccounts',
  'findApiKeyByHash',
  'listApiKeys',
  'findSessionByHash',
  'listSessions',
  'findWebhook',
  'listWebhooks',
  'findJob',
  'findEndedJobs',
  'listJobs',
  'findIdempotencyKey',
  'nextJobDueAt',
  'firstJobDueAt',
  'findWorkerJob',
  'findWorkflow',
  'listWorkflows',
  'findWorkflowVersion',
  'knownWorkflowTypes',
  'listCancelled',
  'listJobRuns',
  'sumMonthUsage',
  'listLanes',
  'readDocumentChunk',
  'listDueDocuments',
  'nextDeliveryDueAt',
  'findDelivery',
  'listDeliveries',
  'listRecentAttempts',
  'countFailed',
  'sumDeliveries',
  'sumJobs',
  'listAttempts',
  'listProcesses',
  'findAddress',
  'countWaiting',
  'listUntold',
  'listFailedDeliveries',
  'listLongFailing',
  'countRecoverable',
  'listMissed',
  'findListener',
  'listListeners',
  'nextListenerDueAt',
  'findListenerDelivery',
  'listStillLeased',
  'tellListenerAnswered',
])
