import type { Clock } from '../lib/clock.ts'
import { messageOf } from '../lib/errors.ts'
import type { Lease } from '../lib/lease.ts'
import type { Log } from '../lib/log.ts'
import { persistAfter } from '../lib/persist.ts'
import type { Random } from '../lib/random.ts'
import { WorkLoop } from '../lib/work-loop.ts'
import type {
  AttemptRecorded,
  AttemptRow,
  DeliveryStore,
  LeasedDelivery,
  RecordedAttempt,
} from '../store/deliveries.ts'
import { isInboxAddress } from '../webhooks/job-webhook-address.ts'
import type { Vault } from '../webhooks/secret-vault.ts'
import { AddressLoads, UNDER_WAY_FIRST } from './address-loads.ts'
import type { Inbox } from './inbox/inbox.ts'
import { judge, type Verdict } from './judge.ts'
import { type BuiltRequest, buildRequest, RequestNotBuildableError } from './request.ts'
import { NOTHING_SENT, type SendOutcome } from './sending/outcome.ts'
import type { Sender } from './sending/sender.ts'

export interface CourierOptions {
  readonly store: Pick<DeliveryStore, 'claimDeliveries' | 'nextDeliveryDueAt' | 'recordAttempt'>
  readonly sender: Sender
  /** Where deliveries to the inbox go instead. */
  readonly inbox: Pick<Inbox, 'send'>
  readonly vault: Pick<Vault, 'open' | 'derive'>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** What deliveries are leased to. */
  readonly lease: Lease
  readonly userAgent: string
  /** Delays after the first, second, … failed attempt. */
  readonly scheduleMs: readonly number[]
  /** Aborts when the process ends and may wait no longer for the store. */
  readonly giveUp: AbortSignal
  /** Told when an account has to be told of the state of one of its addresses. */
  readonly onUntold: () => void
  /** Told of each attempt, for metrics. */
  readonly onAttempt: (verdict: Verdict, attempt: AttemptRow) => void
}

/** A leased delivery and to whom, because the process may go on under another id while it is sent. */
export interface CourierItem {
  readonly delivery: LeasedDelivery
  readonly leasedBy: string
}

export interface Courier extends Pick<WorkLoop<CourierItem>, 'start' | 'stop' | 'wake'> {
  /** Attempts under way now. */
  readonly underWay: number
  reserve(count: number): number
  giveBack(count: number): void
  handOver(item: CourierItem): void
  /** Addresses of which this process has enough under way. */
  fullAddresses(): string[]
}

/**
 * Attempts under way at once. Each may cost a socket and about 20 kB; more than this does not make one process faster
 * (two cores are busy with far fewer), it only makes a burst hit receivers harder.
 */
const ATTEMPTS_MAX = 1_024

/**
 * Sends deliveries: claims what is due (or is handed what was just written), sends, judges, records. Life of a
 * delivery here:
 *
 * - `sending` → `delivered` on any 2xx
 * - `sending` → `waiting` after a failure while the schedule has a delay left
 * - `sending` → `failed` after the last one
 * - `sending` → `discarded` when its webhook was switched off meanwhile and it would have waited (the store decides)
 * - `sending` → `waiting` with an `interrupted` attempt when this process dies (whoever finds it dead decides)
 */
export function createCourier(options: CourierOptions): Courier {
  const { store, clock, log } = options

  function build(delivery: LeasedDelivery): BuiltRequest | RequestNotBuildableError {
    try {
      return buildRequest(delivery, { vault: options.vault, userAgent: options.userAgent, now: clock.now() })
    } catch (error) {
      if (error instanceof RequestNotBuildableError) return error
      return new RequestNotBuildableError(messageOf(error), { cause: error })
    }
  }

  function send(
    delivery: LeasedDelivery,
    request: BuiltRequest | RequestNotBuildableError,
  ): Promise<SendOutcome> | SendOutcome {
    if (request instanceof RequestNotBuildableError) {
      return { ...NOTHING_SENT, failure: { cause: 'invalid_request', message: request.message } }
    }
    if (isInboxAddress(delivery.addressId)) {
      const owner = delivery.sealedSecret === null ? 'inbox' : 'default'
      return options.inbox.send(request, { secret: request.secret, owner })
    }
    return options.sender.send(request)
  }

  const loads = new AddressLoads()

  async function work({ delivery, leasedBy }: CourierItem): Promise<void> {
    // As `holding` does it, without its promise. Each promise and closure of an attempt lives until its end and is copied by
    // the garbage collector: six fewer, here and in the sender, took the main thread's CPU from 84 to 68 µs a delivery.
    options.lease.hold(leasedBy)
    try {
      await attempt(delivery, leasedBy)
    } finally {
      options.lease.letGo(leasedBy)
    }
  }

  async function attempt(delivery: LeasedDelivery, leasedBy: string): Promise<void> {
    const startedAt = clock.now()
    const request = build(delivery)
    loads.begin(delivery.addressId)
    const outcome = await send(delivery, request)
    // The stop of this process cut the attempt off; releasing the lease records that, and makes the delivery due again.
    if (options.giveUp.aborted && outcome.failure?.cause === 'interrupted') {
      loads.end(delivery.addressId, false)
      return
    }
    const now = clock.now()
    const scheduleMs = scheduleOf(delivery, options.scheduleMs)
    const verdict = judge(outcome, delivery, { scheduleMs, now, random: options.random })
    const made = toAttempt(delivery, request, outcome, verdict, startedAt)
    // The connection is free; writing the record does not hold up the next. More of a full address may wait for it.
    if (loads.end(delivery.addressId, verdict.cause === null)) loop.wake()
    options.onAttempt(verdict, made)
    const { next, report, spendsSchedule } = verdict
    const recorded: RecordedAttempt = {
      deliveryId: delivery.id,
      leasedBy,
      attempt: made,
      next,
      finishedAt: now,
      addressId: delivery.addressId,
      report,
      spendsSchedule,
    }
    let written: AttemptRecorded | null
    try {
      written = await store.recordAttempt(recorded)
    } catch (error) {
      written = await recordLater(error, recorded)
    }
    if (written?.untold) options.onUntold()
    // The address is healthy again, in the store too: what waited for the probe goes now, and not at the next look.
    if (delivery.probe && verdict.cause === null) loop.wake()
    log.info(
      {
        deliveryId: delivery.id,
        accountId: delivery.accountId,
        webhookId: delivery.webhookId,
        jobId: delivery.jobId,
        attempt: made.number,
        status: made.responseStatus,
        cause: made.cause,
        next: next.status,
        durationMs: Math.round(made.timing.totalMs),
        ...(written?.recorded ? {} : { recorded: false }),
      },
      'attempt',
    )
  }

  function recordLater(firstError: unknown, recorded: RecordedAttempt): Promise<AttemptRecorded | null> {
    return persistAfter(firstError, () => store.recordAttempt(recorded), {
      clock,
      signal: options.giveUp,
      onError: (error) =>
        log.error({ err: error, deliveryId: recorded.deliveryId }, 'an attempt could not be recorded'),
    })
  }

  const loop = new WorkLoop<CourierItem>({
    clock,
    slotsMax: ATTEMPTS_MAX,
    claim: async (limit) => {
      const leasedBy = options.lease.processId
      const rooms = loads.rooms(loop.free)
      const claim = { processId: leasedBy, limit, now: clock.now(), perAddress: UNDER_WAY_FIRST, rooms }
      const deliveries = await store.claimDeliveries(claim)
      const counts = Map.groupBy(deliveries, ({ addressId }) => addressId)
      for (const [addressId, { length }] of counts) loads.claimed(addressId, length, rooms)
      return deliveries.map((delivery) => ({ delivery, leasedBy }))
    },
    nextDueAt: (now) => store.nextDeliveryDueAt(now),
    work,
    onClaimError: (error) => log.error({ err: error }, 'deliveries could not be claimed'),
  })

  return {
    get underWay() {
      return loop.underWay
    },
    reserve: (count) => loop.reserve(count),
    giveBack: (count) => loop.giveBack(count),
    handOver: (item) => loop.handOver(item),
    fullAddresses: () => loads.full(loop.free),
    start: () => loop.start(),
    stop: () => loop.stop(),
    wake: () => loop.wake(),
  }
}

/** The plan of the webhook, else the server's. */
function scheduleOf({ retrySchedule }: LeasedDelivery, serverScheduleMs: readonly number[]): readonly number[] {
  return retrySchedule === null ? serverScheduleMs : (JSON.parse(retrySchedule) as number[])
}

function toAttempt(
  delivery: LeasedDelivery,
  request: BuiltRequest | RequestNotBuildableError,
  outcome: SendOutcome,
  verdict: Verdict,
  startedAt: number,
): AttemptRow {
  const built = request instanceof RequestNotBuildableError ? null : request
  return {
    number: delivery.attemptCount + 1,
    startedAt,
    cause: verdict.cause,
    message: verdict.message,
    url: built?.recordedUrl ?? '',
    requestHeaders: built?.recordedHeaders ?? [],
    responseStatus: outcome.answer?.status ?? null,
    responseHeaders: outcome.answer?.headers ?? null,
    responseBody: outcome.answer?.body ?? null,
    responseTruncated: outcome.answer?.truncated ?? false,
    remoteAddress: outcome.remoteAddress,
    timing: outcome.timing,
    resend: delivery.resend,
  }
}
