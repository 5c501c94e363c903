import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '../../lib/clock.ts'
import { EXIT_CODES, messageOf, StartError } from '../../lib/errors.ts'
import { discardInSteps } from '../discard-step.ts'
import { takeTurnsToLook } from '../looks.ts'
import type { Store, WorkKind } from '../store.ts'
import { createCalls } from './calls.ts'
import type { BatchAnswer, Opened, OpenFile } from './protocol.ts'
import type { OperationName } from './synchronous.ts'
import { type StoreThread, startStoreThread } from './thread.ts'

/** The operations that a store forwards to its thread. Written out so that a new one cannot be forgotten. */
const OPERATION_NAMES = {
  ensureAccount: true,
  findAccount: true,
  listAccounts: true,
  updateAccount: true,
  insertApiKey: true,
  findApiKeyByHash: true,
  listApiKeys: true,
  revokeApiKey: true,
  ensureMeta: true,
  insertSignInLink: true,
  spendSignInLink: true,
  insertSession: true,
  findSessionByHash: true,
  listSessions: true,
  renewSession: true,
  deleteSession: true,
  findWebhook: true,
  listWebhooks: true,
  updateWebhook: true,
  insertWebhook: true,
  deleteWebhook: true,
  discardMore: true,
  findAddress: true,
  countWaiting: true,
  listUntold: true,
  tellOperationalEvent: true,
  insertJob: true,
  insertJobOnce: true,
  findIdempotencyKey: true,
  forgetIdempotencyKeys: true,
  findJob: true,
  findEndedJobs: true,
  listJobs: true,
  claimJobs: true,
  nextJobDueAt: true,
  firstJobDueAt: true,
  finishJob: true,
  rescheduleJob: true,
  cancelJob: true,
  listCancelled: true,
  takeUnstarted: true,
  listJobRuns: true,
  sumMonthUsage: true,
  ensureLane: true,
  listLanes: true,
  reportLane: true,
  insertDocument: true,
  insertDocumentChunk: true,
  readDocumentChunk: true,
  listDueDocuments: true,
  keepDocument: true,
  deleteDocument: true,
  leaseWorkerJobs: true,
  findWorkerJob: true,
  renewWorkerLease: true,
  endWorkerLease: true,
  findWorkflow: true,
  listWorkflows: true,
  insertWorkflow: true,
  updateWorkflow: true,
  deleteWorkflow: true,
  findWorkflowVersion: true,
  knownWorkflowTypes: true,
  insertTestDelivery: true,
  claimDeliveries: true,
  nextDeliveryDueAt: true,
  recordAttempt: true,
  resendDelivery: true,
  discardDelivery: true,
  countRecoverable: true,
  recoverDeliveries: true,
  listMissed: true,
  insertLateDeliveries: true,
  findDelivery: true,
  listDeliveries: true,
  listAttempts: true,
  listRecentAttempts: true,
  countFailed: true,
  sumDeliveries: true,
  sumJobs: true,
  insertListener: true,
  findListener: true,
  listListeners: true,
  connectListener: true,
  renewListener: true,
  claimForListener: true,
  nextListenerDueAt: true,
  findListenerDelivery: true,
  listStillLeased: true,
  tellListenerAnswered: true,
  trimListener: true,
  insertListenerTest: true,
  removeListener: true,
  removeExpiredListeners: true,
  removeOld: true,
  removeDuePayloads: true,
  trustTime: true,
  listFailedDeliveries: true,
  listLongFailing: true,
  tellNotice: true,
  expungeJob: true,
  insertProcess: true,
  listProcesses: true,
  renewProcess: true,
  releaseProcess: true,
  replan: true,
} as const satisfies Record<OperationName, true>

/** One: while it is under way the thread serves nobody else, and between two of them it serves all who came meanwhile. */
const LOOKS_AT_ONCE = 1

/**
 * Opens the embedded database: one file, created with its folder when it is missing, migrated to this version.
 * Several processes may have it open (a server and the command line). SQL runs in a thread of its own.
 * @throws StartError when the file cannot be used or was written by a newer version
 */
export async function openSqliteStore(options: {
  readonly file: string
  readonly clock: Clock
  /** Whether the schema of an older version may be brought to this one; true when left out. */
  readonly mayUpgrade?: boolean
  /** The thread to run in, when it was started before. */
  readonly thread?: StoreThread | null | undefined
}): Promise<Store> {
  const { file, clock, mayUpgrade = true } = options
  if (file !== ':memory:') {
    await mkdir(dirname(file), { recursive: true }).catch((error: unknown) => {
      throw new StartError(EXIT_CODES.unavailable, [`the folder of the database cannot be made: ${messageOf(error)}`])
    })
  }
  const worker = options.thread ?? startStoreThread()
  const opened = await new Promise<Opened>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.postMessage({ file, now: clock.now(), mayUpgrade } satisfies OpenFile)
  })
  if (!opened.ok) {
    throw new StartError(
      opened.exitCode ?? EXIT_CODES.unavailable,
      opened.exitCode === null
        ? [`the database ${file} cannot be opened: ${opened.problems.join('; ')}`]
        : opened.problems,
    )
  }

  const listeners = new Set<(kind: WorkKind) => void>()
  const calls = createCalls((values) => worker.postMessage(values))
  worker.on('message', ({ outcomes, wakes }: BatchAnswer) => {
    calls.answer(outcomes)
    for (const kind of wakes) for (const listener of listeners) listener(kind)
  })
  worker.on('error', (error) => calls.end(new Error('the thread of the database ended', { cause: error })))

  // The cast: every name is there (the table above is complete by type) and forwards its own parameters unchanged.
  const { discardMore, ...forwarded } = Object.fromEntries(
    Object.keys(OPERATION_NAMES).map((name) => [
      name,
      (...parameters: unknown[]) => calls.call(name as OperationName, parameters),
    ]),
  ) as unknown as Omit<Store, 'engine' | 'onWork' | 'ping' | 'close'> & {
    discardMore(webhookId: string, now: number): Promise<boolean>
  }

  /** Between two steps the thread serves the others. */
  function discardRest(webhookId: string, now: number): Promise<void> {
    return discardInSteps(() => discardMore(webhookId, now))
  }

  const { looks, end: endLooks } = takeTurnsToLook(forwarded, LOOKS_AT_ONCE)
  return {
    ...forwarded,
    ...looks,
    engine: 'sqlite',
    async updateWebhook(accountId, idOrName, change, now) {
      const webhook = await forwarded.updateWebhook(accountId, idOrName, change, now)
      if (webhook && !webhook.enabled) await discardRest(webhook.id, now)
      return webhook
    },
    async deleteWebhook(accountId, webhookId, shownUrl, now) {
      const isDeleted = await forwarded.deleteWebhook(accountId, webhookId, shownUrl, now)
      if (isDeleted) await discardRest(webhookId, now)
      return isDeleted
    },
    onWork(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async ping() {
      await calls.call('nextJobDueAt', [])
    },
    async close() {
      endLooks()
      await calls.idle()
      const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
      worker.postMessage('close')
      await exited
    },
  }
}
