import type { Registry } from 'prom-client'
import type { ApiKeys } from '../accounts/api-keys.ts'
import type { Sessions } from '../accounts/sessions.ts'
import type { Config } from '../config.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Listeners } from '../listeners/listeners.ts'
import type { Store } from '../store/store.ts'
import type { TaskRegistry } from '../tasks/registry.ts'
import type { Vault } from '../webhooks/secret-vault.ts'
import type { WebhookSettings } from '../webhooks/settings.ts'
import type { TestEvents } from '../webhooks/test-events.ts'
import type { UrlGuard } from '../webhooks/url-guard.ts'
import type { Workers } from '../workers/workers.ts'
import type { Workflows } from '../workflows/workflows.ts'
import type { Dispatcher, JobWaiter } from './compat/accept-job.ts'
import type { Canceller } from './management/cancel-job.ts'
import type { Dashboard } from './process/dashboard.ts'
import type { Readiness } from './process/health.ts'

/** What the HTTP side of a process is made of. */
export interface HttpDeps {
  readonly config: Pick<
    Config,
    | 'roles'
    | 'publicUrl'
    | 'requestsPerMinute'
    | 'webhookTimeoutMs'
    | 'webhookUserAgent'
    | 'webhookRetryScheduleMs'
    | 'documentBytesMax'
    | 'retentionMs'
    | 'payloadRetentionMs'
  >
  readonly clock: Clock
  readonly store: Pick<
    Store,
    | 'findAccount'
    | 'updateAccount'
    | 'findJob'
    | 'listJobs'
    | 'listJobRuns'
    | 'expungeJob'
    | 'sumMonthUsage'
    | 'insertDocument'
    | 'insertDocumentChunk'
    | 'deleteDocument'
    | 'findWebhook'
    | 'listWebhooks'
    | 'findAddress'
    | 'countWaiting'
    | 'findDelivery'
    | 'listDeliveries'
    | 'listAttempts'
    | 'resendDelivery'
    | 'discardDelivery'
    | 'countRecoverable'
    | 'recoverDeliveries'
    | 'listMissed'
    | 'insertLateDeliveries'
    | 'listRecentAttempts'
    | 'countFailed'
    | 'sumDeliveries'
    | 'sumJobs'
    | 'findWorkflow'
  >
  readonly tasks: Pick<TaskRegistry, 'all' | 'byType'>
  readonly dispatcher: Dispatcher
  readonly canceller: Canceller
  readonly jobWaiter: JobWaiter
  readonly webhookSettings: WebhookSettings
  /** Opens what webhooks sign with, to show its public half. */
  readonly vault: Pick<Vault, 'open'>
  readonly workflows: Workflows
  readonly workers: Pick<Workers, 'lease' | 'heartbeat' | 'complete' | 'fail' | 'openDocument'>
  readonly listeners: Pick<Listeners, 'open' | 'list' | 'remove' | 'stream' | 'answer'>
  readonly testEvents: TestEvents
  /** Where the status of a job is answered. */
  readonly statusUrl: (type: string, jobId: string) => string
  readonly guard: Pick<UrlGuard, 'checkUrl'>
  readonly apiKeys: Pick<ApiKeys, 'authenticate' | 'create' | 'list' | 'revoke'>
  readonly sessions: Sessions
  readonly dashboard: Dashboard
  readonly log: Log
  /** Gets the measurements of requests, and is what `/metrics` shows. */
  readonly metrics: Registry
  readonly isReady: () => Promise<Readiness>
  /** Of Ringback, for the description of the API. */
  readonly version: string
}
