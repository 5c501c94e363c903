import {
  LISTENER_HEARTBEAT_MS,
  LISTENER_IN_HAND_MAX,
  LISTENER_KEPT_MS,
  LISTENER_SILENCE_MS,
  LISTENER_WAITING_MAX,
  type ListenerEndReason,
  type ListenerEvents,
} from '@ringback/contract'
import { type BuiltRequest, buildRequest } from '../courier/request.ts'
import type { SendOutcome } from '../courier/sending/outcome.ts'
import { type CancelTimer, type Clock, sleep } from '../lib/clock.ts'
import { messageOf } from '../lib/errors.ts'
import { holding, type Lease } from '../lib/lease.ts'
import type { Log } from '../lib/log.ts'
import { WorkLoop } from '../lib/work-loop.ts'
import type { LeasedDelivery } from '../store/deliveries.ts'
import type { ListenerRow, ListenerStore } from '../store/listeners.ts'
import type { WebhookStore } from '../store/webhooks.ts'
import { MASKED } from '../webhooks/custom-headers.ts'
import type { Vault } from '../webhooks/secret-vault.ts'
import { type createAttemptRecorder, GONE_IN_THE_MIDDLE } from './attempt-record.ts'

export interface ListenerStreamOptions {
  readonly store: Pick<
    ListenerStore,
    'claimForListener' | 'nextListenerDueAt' | 'renewListener' | 'trimListener' | 'listStillLeased' | 'findListener'
  > &
    Pick<WebhookStore, 'findWebhook'>
  readonly vault: Pick<Vault, 'open' | 'derive'>
  readonly clock: Clock
  readonly log: Log
  readonly lease: Lease
  readonly userAgent: string
  /** The deadline of one attempt, on the laptop, unless a stream has one of its own. */
  readonly timeoutMs: number
  readonly record: ReturnType<typeof createAttemptRecorder>
}

/** Where the events of a stream go. */
export interface ListenerOutlet {
  /** Writes an event, or null for a sign of life. */
  write<Name extends keyof ListenerEvents>(name: Name | null, event?: ListenerEvents[Name]): void
  /** No more events come. */
  end(): void
  /** Bytes that were written and that the other side has not taken yet; 0 when it keeps up. */
  unread(): number
  /** Calls back whenever the other side has caught up. */
  onRead(callback: () => void): void
  /** Ends the connection as it is: nobody reads it. */
  cut(): void
  /** Whether whoever reads may still do so: their key may have been revoked since. */
  isAllowed(): Promise<boolean>
}

/** On top of the attempt's own deadline: for the way to the laptop, and for the answer back, tried more than once. */
const ANSWER_GRACE_MS = 10_000

/** Heartbeats for which nothing is read before the laptop is taken to be gone: it does the same with a silent server. */
const STALLED_BEATS_MAX = LISTENER_SILENCE_MS / LISTENER_HEARTBEAT_MS

/** How long an answer of one batch waits for something to tell: below the 30 s after which some proxies give up. */
const ONCE_WAIT_MS = 25_000

/** How long it waits for more to tell, then. */
const ONCE_GATHER_MS = 20

interface Item {
  readonly delivery: LeasedDelivery
  readonly leasedBy: string
}

interface InHand {
  readonly leasedBy: string
  settle(how: 'settled'): void
}

/**
 * The open stream of a listener: claims what is due for it, tells it, and waits for the answer of each. States: open →
 * ended (the client has gone, another stream took over, it was removed, or this process stops). What was told when it
 * ends stays leased until the answer comes, here or at another process, or its time is over.
 */
export class ListenerStream {
  readonly listener: ListenerRow
  readonly connection: string
  readonly #options: ListenerStreamOptions
  readonly #outlet: ListenerOutlet
  readonly #loop: WorkLoop<Item>
  readonly #inHand = new Map<string, InHand>()
  readonly #once: boolean
  #cancelHeartbeat: CancelTimer = () => {}
  #ended = false
  #paused = false
  #told = false
  /** What the laptop had not read at the last heartbeat, and for how many it has read nothing. */
  #unread = 0
  #stalledBeats = 0

  constructor(
    listener: ListenerRow,
    { connection, once }: { readonly connection: string; readonly once: boolean },
    outlet: ListenerOutlet,
    options: ListenerStreamOptions,
  ) {
    const { store, clock, log, lease } = options
    this.listener = listener
    this.connection = connection
    this.#once = once
    this.#outlet = outlet
    this.#options = options
    this.#loop = new WorkLoop<Item>({
      clock,
      slotsMax: LISTENER_IN_HAND_MAX,
      claim: async (limit) => {
        // What nobody reads would pile up in memory: every delivery that is late makes room for the next.
        if (this.#ended || this.#paused || outlet.unread() > 0) return []
        const leasedBy = lease.processId
        const claim = { listenerId: listener.id, connection, processId: leasedBy, limit, now: clock.now() }
        return (await store.claimForListener(claim)).map((delivery) => ({ delivery, leasedBy }))
      },
      nextDueAt: (now) => store.nextListenerDueAt(listener.id, now),
      work: (item) => holding(lease, item.leasedBy, () => this.#work(item)),
      onClaimError: (error) => log.error({ err: error, listenerId: listener.id }, 'a listener could not be served'),
    })
  }

  /** Ended, with nothing in hand. */
  get isOver(): boolean {
    return this.#ended && this.#loop.underWay === 0
  }

  /** What may still be answered: when nobody reads the stream any more, nobody answers here. */
  get awaited(): number {
    return this.#ended ? 0 : this.#loop.underWay
  }

  start(): void {
    this.#outlet.write('ready', { listener_id: this.listener.id })
    this.#outlet.onRead(() => this.#loop.wake())
    this.#loop.start()
    // At once: whoever comes back may do so for a webhook that was deleted meanwhile.
    void this.#beat()
    if (this.#once) this.#options.clock.after(ONCE_WAIT_MS, () => this.end('once'))
  }

  /** Something may be due. */
  wake(): void {
    this.#loop.wake()
  }

  /** Claims nothing any more; what is in hand may still be answered. */
  pause(): void {
    this.#paused = true
  }

  /** Ends the stream; null when nobody reads it any more. */
  end(reason: ListenerEndReason | null): void {
    if (this.#ended) return
    this.#ended = true
    this.#cancelHeartbeat()
    void this.#loop.stop()
    if (reason !== null) this.#outlet.write('end', { reason })
    this.#outlet.end()
  }

  /** The webhook that it stands for is no more: nothing will come for it. */
  async #isOrphaned(): Promise<boolean> {
    const { accountId, webhookId } = this.listener
    return webhookId !== null && (await this.#options.store.findWebhook(accountId, webhookId)) === null
  }

  /** The attempt of a delivery has ended; gives false when it is none of this stream's. */
  settle(deliveryId: string): boolean {
    const item = this.#inHand.get(deliveryId)
    item?.settle('settled')
    return item !== undefined
  }

  /** Forgets what the next stream says it did not get: it is told there again. */
  settleAllBut(deliveryIds: readonly string[]): void {
    for (const [id, { settle }] of this.#inHand) if (!deliveryIds.includes(id)) settle('settled')
  }

  /** Looks which attempts another process has recorded. */
  async settleWhatIsRecorded(): Promise<void> {
    const byProcess = Map.groupBy(this.#inHand, ([, { leasedBy }]) => leasedBy)
    for (const [leasedBy, items] of byProcess) {
      const ids = items.map(([id]) => id)
      const still = new Set(await this.#options.store.listStillLeased(leasedBy, ids))
      for (const id of ids) if (!still.has(id)) this.settle(id)
    }
  }

  async #work({ delivery, leasedBy }: Item): Promise<void> {
    const { clock, log, vault, userAgent, timeoutMs } = this.#options
    const startedAt = clock.now()
    const recordAs = async (requestHeaders: BuiltRequest['recordedHeaders'], outcome: SendOutcome) => {
      const { id: listenerId, accountId, url } = this.listener
      const made = { listenerId, accountId, deliveryId: delivery.id, leasedBy, startedAt, requestHeaders, outcome }
      try {
        await this.#options.record({ ...made, delivery: { ...delivery, url } })
        this.#loop.wake()
      } catch (error) {
        log.error({ err: error, deliveryId: delivery.id }, 'an attempt of a listener could not be recorded')
      }
    }
    let request: BuiltRequest
    try {
      request = buildRequest(delivery, { vault, userAgent, now: startedAt })
    } catch (error) {
      return recordAs([], failed('invalid_request', messageOf(error), 0))
    }
    const startedMs = clock.monotonicMs()
    const answered = this.#waitForAnswer(delivery.id, leasedBy, timeoutMs + ANSWER_GRACE_MS)
    this.#tell(delivery, leasedBy, startedAt, request)
    if ((await answered) === 'settled') return
    const totalMs = clock.monotonicMs() - startedMs
    const outcome = this.#ended
      ? failed('interrupted', GONE_IN_THE_MIDDLE, totalMs)
      : failed('timeout', `the listener told no answer within ${timeoutMs + ANSWER_GRACE_MS} ms`, totalMs)
    await recordAs(request.recordedHeaders, outcome)
  }

  #tell(delivery: LeasedDelivery, leasedBy: string, startedAt: number, request: BuiltRequest): void {
    if (this.#ended) return
    // The record shows what the laptop sends, less what it must not know of the record: secret values.
    const recorded = request.recordedHeaders.filter(([name]) => !CONNECTION_HEADERS.has(name))
    this.#outlet.write('delivery', {
      delivery_id: delivery.id,
      attempt: delivery.attemptCount + 1,
      lease_id: leasedBy,
      started_at: startedAt,
      resend: delivery.resend,
      test: delivery.trigger === 'test',
      headers: request.headers,
      secret_headers: recorded.flatMap(([, value], index) => (value === MASKED ? [index] : [])),
      body: delivery.body,
    })
    if (!this.#once || this.#told) return
    this.#told = true
    this.#options.clock.after(ONCE_GATHER_MS, () => this.end('once'))
  }

  #waitForAnswer(deliveryId: string, leasedBy: string, limitMs: number): Promise<'settled' | 'late'> {
    const { promise, resolve } = Promise.withResolvers<'settled' | 'late'>()
    const entry = { leasedBy, settle: resolve }
    this.#inHand.set(deliveryId, entry)
    const cancel = this.#options.clock.after(limitMs, () => resolve('late'))
    return promise.finally(() => {
      cancel()
      if (this.#inHand.get(deliveryId) === entry) this.#inHand.delete(deliveryId)
    })
  }

  #planHeartbeat(): void {
    this.#cancelHeartbeat = this.#options.clock.after(LISTENER_HEARTBEAT_MS, () => void this.#beat())
  }

  /** Whether the other side has read nothing for so long that it must be gone, whatever its connection looks like. */
  #isStalled(): boolean {
    const unread = this.#outlet.unread()
    // While something is unread nothing is written, so that less of it means that it is read.
    this.#stalledBeats = unread > 0 && unread === this.#unread ? this.#stalledBeats + 1 : 0
    this.#unread = unread
    return this.#stalledBeats >= STALLED_BEATS_MAX
  }

  async #beat(): Promise<void> {
    const { store, clock, log } = this.#options
    const { id: listenerId, accountId } = this.listener
    if (this.#isStalled()) {
      log.info({ listenerId, unread: this.#unread }, 'a listener reads nothing any more, and was cut off')
      this.end(null)
      this.#outlet.cut()
      return
    }
    if (this.#unread === 0) this.#outlet.write(null)
    try {
      if (!(await this.#outlet.isAllowed())) return this.end('key_revoked')
      if (await this.#isOrphaned()) return this.end('webhook_deleted')
      const now = clock.now()
      const renewal = { listenerId, connection: this.connection, expiresAt: now + LISTENER_KEPT_MS }
      if (!(await store.renewListener(renewal))) {
        return this.end((await store.findListener(accountId, listenerId)) ? 'superseded' : 'removed')
      }
      const count = await store.trimListener(listenerId, LISTENER_WAITING_MAX, now)
      if (count > 0 && !this.#ended) this.#outlet.write('dropped', { count })
    } catch (error) {
      // The database may be away for a while; the listener is kept for longer than that by the last renewal.
      log.warn({ reason: messageOf(error), listenerId }, 'a listener could not be renewed')
    }
    if (!this.#ended) this.#planHeartbeat()
  }
}

/** Headers of the connection that a laptop makes for itself. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set(['host', 'connection', 'content-length'])

function failed(cause: 'invalid_request' | 'timeout' | 'interrupted', message: string, totalMs: number): SendOutcome {
  const nothing = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null }
  const timing = { ...nothing, totalMs: Math.round(totalMs * 100) / 100 }
  return { answer: null, failure: { cause, message }, remoteAddress: null, timing }
}

/** Waits until the open ones among the streams have nothing in hand, at most `limitMs`. */
export async function drained(streams: readonly ListenerStream[], clock: Clock, limitMs: number): Promise<void> {
  const LOOK_MS = 20
  const endMs = clock.monotonicMs() + limitMs
  while (streams.some(({ awaited }) => awaited > 0) && clock.monotonicMs() < endMs) await sleep(clock, LOOK_MS)
}
