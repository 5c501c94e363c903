import { afterAll, beforeAll, beforeEach } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { AttemptRow, LeasedDelivery, NewTestDelivery, RecordedAttempt } from '../deliveries.ts'
import type { FinishedJob, JobEnd, NewJob } from '../jobs.ts'
import type { Store } from '../store.ts'
import type { WebhookChange } from '../webhooks.ts'

export type OpenStore = () => Promise<{ readonly store: Store; close(): Promise<void> }>

/** The time at which these tests happen; only differences matter. */
export const NOON = Date.UTC(2025, 10, 23, 12)

/** Later than any time in these tests. */
const FAR_FUTURE = NOON + 365 * 24 * 3_600_000

/** One store for a group of tests, and short ways to put things into it. */
export interface World {
  readonly store: Store
  /** A new account; with a change, its `default` webhook is set up so. */
  account(webhook?: WebhookChange): Promise<{ id: string; webhookId: string }>
  /** A process that is alive. */
  process(): Promise<string>
  /** A job that is due, or leased to `leasedBy`. */
  job(accountId: string, change?: Partial<NewJob>): Promise<string>
  /** Ends a job that a process has leased. */
  finish(jobId: string, leasedBy: string, change?: Partial<FinishedJob>): Promise<JobEnd>
  /** A job of the account that has ended, with its deliveries; those of the process come back leased. */
  endedJob(
    accountId: string,
    processId: string,
    change?: Partial<FinishedJob & NewJob>,
  ): Promise<JobEnd & { id: string }>
  /** A test delivery that is due at `createdAt`. */
  testDelivery(account: { id: string; webhookId: string }, createdAt?: number): Promise<NewTestDelivery>
  /** A leased delivery to the account's webhook, which must be enabled. */
  delivery(accountId: string, processId: string): Promise<LeasedDelivery>
  record(delivery: { id: string; attemptCount: number }, leasedBy: string, change: Partial<Recording>): Promise<boolean>
}

/** What differs between two recordings: parts of the attempt and what comes next. */
export type Recording = AttemptRow & Pick<RecordedAttempt, 'next' | 'finishedAt'>

/** An address that is switched on. */
export const ENABLED = {
  enabled: true,
  url: 'https://receiver.example/hook',
  sealedSecret: 'sealed secret',
} as const satisfies WebhookChange

/**
 * Opens a store before the tests of the present `describe` and closes it after them. Claims see all accounts, so before
 * each test everything that is still due is leased away by a process of nobody.
 */
export function useWorld(open: OpenStore): World {
  let opened: Awaited<ReturnType<OpenStore>>
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened.close())
  beforeEach(async () => {
    const processId = await process()
    const everything = { processId, limit: 10_000, now: FAR_FUTURE }
    await opened.store.claimJobs(everything)
    await opened.store.claimDeliveries(everything)
  })

  async function process(): Promise<string> {
    const id = newId()
    await opened.store.insertProcess({ id, host: 'here', pid: 1, startedAt: NOON, expiresAt: NOON + 15_000 })
    return id
  }

  async function job(accountId: string, change: Partial<NewJob> = {}): Promise<string> {
    const id = newId()
    const defaults = {
      type: 'content_detect_phones',
      input: '{}',
      jobWebhookUrl: null,
      createdAt: NOON,
      leasedBy: null,
    }
    await opened.store.insertJob({ id, accountId, ...defaults, ...change })
    return id
  }

  function finish(id: string, leasedBy: string, change: Partial<FinishedJob> = {}): Promise<JobEnd> {
    return opened.store.finishJob({
      id,
      leasedBy,
      status: 'success',
      result: '{"found":1}',
      error: null,
      finishedAt: NOON + 5,
      body: '{"id":1}',
      bodyWithResult: '{"id":1,"result":{"found":1}}',
      leaseDeliveriesMax: 10,
      ...change,
    })
  }

  const world: World = {
    get store() {
      return opened.store
    },
    async account(webhook) {
      const id = newId()
      const webhookId = newId()
      await opened.store.ensureAccount({ id, name: `account ${id}`, webhookId, createdAt: NOON })
      if (webhook) await opened.store.updateWebhook(id, 'default', webhook, NOON)
      return { id, webhookId }
    },
    process,
    job,
    finish,
    async endedJob(accountId, processId, change = {}) {
      const { type, jobWebhookUrl, ...end } = change
      const dispatch = { ...(type && { type }), ...(jobWebhookUrl && { jobWebhookUrl }) }
      const id = await job(accountId, { leasedBy: processId, ...dispatch })
      return { id, ...(await finish(id, processId, end)) }
    },
    async testDelivery(account, createdAt = NOON) {
      const delivery: NewTestDelivery = {
        id: newId(),
        accountId: account.id,
        webhookId: account.webhookId,
        jobType: 'test',
        jobStatus: 'success',
        body: '{"test":true}',
        createdAt,
      }
      await opened.store.insertTestDelivery(delivery)
      return delivery
    },
    async delivery(accountId, processId) {
      const { deliveries } = await world.endedJob(accountId, processId)
      const [delivery] = deliveries
      if (!delivery) throw new Error('the account has no enabled webhook')
      return delivery
    },
    record({ id, attemptCount }, leasedBy, { next, finishedAt, ...attempt }) {
      return opened.store.recordAttempt({
        deliveryId: id,
        leasedBy,
        attempt: { ...ATTEMPT, number: attemptCount + 1, ...attempt },
        next: next ?? { status: 'delivered' },
        finishedAt: finishedAt ?? NOON + 20,
      })
    },
  }
  return world
}

const ATTEMPT: AttemptRow = {
  number: 1,
  startedAt: NOON + 10,
  cause: null,
  message: null,
  url: 'https://receiver.example/hook',
  requestHeaders: [['content-type', 'application/json']],
  responseStatus: 200,
  responseHeaders: [],
  responseBody: 'ok',
  responseTruncated: false,
  remoteAddress: '192.0.2.1:443',
  timing: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: 1.5, totalMs: 2.25 },
}
