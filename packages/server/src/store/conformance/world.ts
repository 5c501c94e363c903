import { afterAll, beforeAll, beforeEach } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { AddressReport } from '../address-health.ts'
import type { AttemptRecorded, AttemptRow, LeasedDelivery, NewTestDelivery, RecordedAttempt } from '../deliveries.ts'
import type { FinishedJob, JobEnd, NewJob } from '../jobs.ts'
import type { Store } from '../store.ts'
import type { NewWebhook, WebhookChange } from '../webhooks.ts'

export type OpenStore = () => Promise<{ readonly store: Store; close(): Promise<void> }>

/** The time at which these tests happen; only differences matter. */
export const NOON = Date.UTC(2025, 10, 23, 12)

/** What a job webhook is isolated by: any id will do that is the same for the same origin of an account. */
export function jobWebhookAddress(accountId: string, url: string): { id: string; origin: string } {
  const { origin } = new URL(url)
  return { id: `${accountId} ${origin}`, origin }
}

/** Later than any time in these tests. */
const FAR_FUTURE = NOON + 365 * 24 * 3_600_000

/** One store for a group of tests, and short ways to put things into it. */
export interface World {
  readonly store: Store
  /** A new account; with a change, its `default` webhook is set up so. */
  account(webhook?: WebhookChange): Promise<{ id: string; webhookId: string }>
  /** A webhook that is on and can be inserted. */
  newWebhook(accountId: string): NewWebhook
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
  /** Deliveries to the account's webhook, written in this order, that wait and are due at `dueAt`. */
  waiting(accountId: string, count?: number, dueAt?: number): Promise<string[]>
  /** Leases what is due. */
  claim(processId: string, change?: Partial<Claim>): Promise<LeasedDelivery[]>
  /**
   * Records an attempt. It succeeded unless `change` says otherwise; a failed one speaks against its address and spends
   * a step of the schedule.
   */
  record(delivery: Attempted, leasedBy: string, change: Partial<Recording>): Promise<AttemptRecorded>
}

/** What a recording must know of its delivery. */
export type Attempted = Pick<LeasedDelivery, 'id' | 'attemptCount' | 'addressId' | 'probe' | 'resend'>

/** What differs between two recordings: parts of the attempt, what comes next, and what it says of the address. */
export type Recording = AttemptRow & Pick<RecordedAttempt, 'next' | 'finishedAt' | 'report' | 'spendsSchedule'>

type Claim = Parameters<Store['claimDeliveries']>[0]

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
    for (const { id } of await opened.store.listLanes()) {
      await opened.store.reportLane(id, { kind: 'answered' }, FAR_FUTURE)
    }
    while ((await opened.store.claimJobs({ processId, limit: 10_000, now: FAR_FUTURE })).length > 0);
    for (let now: number | null = FAR_FUTURE; now !== null; now = await opened.store.nextDeliveryDueAt(now)) {
      const claim = { processId, limit: 10_000, now }
      while ((await opened.store.claimDeliveries(claim)).length > 0);
    }
  })

  async function process(): Promise<string> {
    const id = newId()
    await opened.store.insertProcess({ id, host: 'here', pid: 1, startedAt: NOON, expiresAt: NOON + 15_000 })
    return id
  }

  async function job(accountId: string, change: Partial<NewJob> = {}): Promise<string> {
    const id = change.id ?? newId()
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
      jobWebhookAddress: null,
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
    newWebhook: (accountId) => ({
      id: newId(),
      accountId,
      name: newId(),
      ...ENABLED,
      includeResult: false,
      createdAt: NOON,
      jobTypes: null,
      jobStatuses: null,
      headers: null,
      retrySchedule: null,
      rateLimitPerSecond: null,
    }),
    process,
    job,
    finish,
    async endedJob(accountId, processId, change = {}) {
      const { type, jobWebhookUrl, ...end } = change
      const address = jobWebhookUrl ? { jobWebhookAddress: jobWebhookAddress(accountId, jobWebhookUrl) } : {}
      const dispatch = { ...(type && { type }), ...(jobWebhookUrl && { jobWebhookUrl }) }
      const id = await job(accountId, { leasedBy: processId, ...dispatch })
      return { id, ...(await finish(id, processId, { ...address, ...end })) }
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
    async waiting(accountId, count = 1, dueAt = NOON + 5) {
      const processId = await process()
      const ids: string[] = []
      for (let index = 0; index < count; index++) ids.push(await job(accountId, { leasedBy: processId }))
      const end = { leaseDeliveriesMax: 0, finishedAt: dueAt }
      await Promise.all(ids.map((id) => finish(id, processId, end)))
      const rows = ids.map((jobId) => opened.store.listDeliveries({ accountId, jobId, limit: 1 }))
      return (await Promise.all(rows)).flat().map(({ id }) => id)
    },
    claim(processId, change = {}) {
      return opened.store.claimDeliveries({ processId, limit: 100, now: NOON + 5, ...change })
    },
    record(delivery, leasedBy, { next, finishedAt, report, spendsSchedule, ...attempt }) {
      const { id, attemptCount, addressId, probe, resend } = delivery
      const cause = attempt.cause ?? null
      return opened.store.recordAttempt({
        deliveryId: id,
        leasedBy,
        attempt: { ...ATTEMPT, number: attemptCount + 1, resend, ...attempt },
        next: next ?? { status: 'delivered' },
        finishedAt: finishedAt ?? NOON + 20,
        addressId,
        report: report === undefined ? reportOf(cause, probe) : report,
        spendsSchedule: spendsSchedule ?? cause !== null,
      })
    },
  }
  return world
}

function reportOf(cause: AttemptRow['cause'], probe: boolean): AddressReport {
  if (cause === null) return { kind: 'reached' }
  return { kind: 'failed', cause, slow: false, askedUntil: null, gone: false, probe }
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
  resend: false,
}
