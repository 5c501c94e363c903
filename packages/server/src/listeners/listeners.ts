import { LISTENER_KEPT_MS, type ListenerEndReason } from '@ringback/contract'
import type { SendOutcome } from '../courier/sending/outcome.ts'
import type { CancelTimer } from '../lib/clock.ts'
import { AppError, messageOf } from '../lib/errors.ts'
import { isId } from '../lib/ids.ts'
import type { HeaderList } from '../store/deliveries.ts'
import type { ListenerRow } from '../store/listeners.ts'
import { listenerAnsweredOf, listenerOf, type Store } from '../store/store.ts'
import type { Vault } from '../webhooks/secret-vault.ts'
import { type AttemptRecorderOptions, createAttemptRecorder, type ListenerVerdict } from './attempt-record.ts'
import { drained, type ListenerOutlet, ListenerStream, type ListenerStreamOptions } from './listener-stream.ts'
import { type OpenedListener, openListener, type WantedListener } from './open-listener.ts'

/** What a laptop tells of an attempt. */
export interface AnsweredAttempt {
  readonly deliveryId: string
  readonly number: number
  readonly leasedBy: string
  readonly startedAt: number
  readonly requestHeaders: HeaderList
  readonly outcome: SendOutcome
}

/** A stream as a laptop wants it. */
export interface WantedStream {
  /** Deliveries that it has and will answer. */
  readonly inHand: readonly string[]
  readonly once: boolean
  /** Deadline of one attempt; the server's when undefined. */
  readonly timeoutMs: number | undefined
  readonly signal: AbortSignal
}

/**
 * Laptops that listen. All that names a listener throws `listener.not_found` when the account has no such one.
 */
export interface Listeners {
  /** Adds a listener; see {@link openListener} for what can be wrong. */
  open(accountId: string, wanted: WantedListener): Promise<OpenedListener>
  list(accountId: string): Promise<ListenerRow[]>
  /** Removes it at once, with what waits for it; its stream ends. */
  remove(accountId: string, listenerId: string): Promise<void>
  /** Opens its stream; an older one ends. Ends when `signal` aborts, and tells the outlet when it ends by itself. */
  stream(accountId: string, listenerId: string, wanted: WantedStream, openOutlet: () => ListenerOutlet): Promise<void>
  /**
   * Records an attempt. Any process may be asked, whichever holds the stream.
   * @throws AppError `delivery.not_found`, and `delivery.attempt_ended` when it came too late
   */
  answer(accountId: string, listenerId: string, answered: AnsweredAttempt): Promise<ListenerVerdict>
  start(): void
  /** Takes nothing new, waits a moment for the answers that are on their way, and ends all streams. */
  stop(): Promise<void>
}

export interface ListenersOptions
  extends Omit<ListenerStreamOptions, 'store' | 'record' | 'vault'>,
    Omit<AttemptRecorderOptions, 'store'> {
  readonly store: Pick<
    Store,
    | 'onWork'
    | 'findWebhook'
    | 'insertListener'
    | 'findListener'
    | 'listListeners'
    | 'connectListener'
    | 'renewListener'
    | 'claimForListener'
    | 'nextListenerDueAt'
    | 'findListenerDelivery'
    | 'listStillLeased'
    | 'listAttempts'
    | 'findDelivery'
    | 'tellListenerAnswered'
    | 'trimListener'
    | 'removeListener'
    | 'removeExpiredListeners'
    | 'recordAttempt'
  >
  readonly vault: Pick<Vault, 'open' | 'derive' | 'seal'>
  readonly newId: () => string
}

/** How often each process removes listeners that nobody reads any more. */
const SWEEP_MS = 60_000

/** How long a stop waits for answers: most receivers answer at once, and the rest is given back. */
const STOP_MS = 3_000

export function createListeners(options: ListenersOptions): Listeners {
  const { store, clock, log, newId } = options
  const record = createAttemptRecorder(options)
  /** Open ones, and those that ended with something in hand. */
  const streams = new Set<ListenerStream>()
  let stopping = false
  let cancelSweep: CancelTimer = () => {}

  const streamsOf = (listenerId: string) => [...streams].filter(({ listener }) => listener.id === listenerId)

  const stopHearing = store.onWork((kind) => {
    for (const stream of streams) {
      const { id } = stream.listener
      if (kind === listenerOf(id)) stream.wake()
      if (kind === listenerAnsweredOf(id)) {
        stream
          .settleWhatIsRecorded()
          .catch((error) => log.warn({ reason: messageOf(error), listenerId: id }, 'a listener could not be looked at'))
      }
    }
  })

  async function find(accountId: string, listenerId: string): Promise<ListenerRow> {
    const listener = isId(listenerId) ? await store.findListener(accountId, listenerId) : null
    if (listener === null) throw notFound()
    return listener
  }

  function endAll(listenerId: string, reason: ListenerEndReason): void {
    for (const stream of streamsOf(listenerId)) stream.end(reason)
  }

  async function sweep(): Promise<void> {
    try {
      const removed = await store.removeExpiredListeners(clock.now())
      if (removed > 0) log.info({ removed }, 'listeners that nobody read were removed')
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'listeners that nobody reads could not be removed')
    }
    if (!stopping) cancelSweep = clock.after(SWEEP_MS, () => void sweep())
  }

  /** An answer that was sent again because ours was lost: it is on record as it was told. */
  async function findRecorded(accountId: string, answered: AnsweredAttempt): Promise<ListenerVerdict | null> {
    const { deliveryId, number, startedAt, outcome } = answered
    const attempt = (await store.listAttempts(deliveryId)).find((row) => row.number === number)
    const isSame =
      attempt?.startedAt === startedAt &&
      attempt.responseStatus === (outcome.answer?.status ?? null) &&
      attempt.timing.totalMs === outcome.timing.totalMs
    const delivery = isSame ? await store.findDelivery(accountId, deliveryId) : null
    return delivery && attempt ? { ...delivery, cause: attempt.cause } : null
  }

  return {
    open: (accountId, wanted) => openListener(options, accountId, wanted),
    list: (accountId) => store.listListeners(accountId),
    async remove(accountId, listenerId) {
      const { id } = await find(accountId, listenerId)
      if (!(await store.removeListener(accountId, id, clock.now()))) throw notFound()
      endAll(id, 'removed')
      for (const stream of streamsOf(id)) stream.settleAllBut([])
    },
    async stream(accountId, listenerId, { inHand, once, timeoutMs = options.timeoutMs, signal }, openOutlet) {
      const listener = await find(accountId, listenerId)
      if (stopping) throw new AppError('server.unavailable', { detail: 'The server stops.', retryAfterSeconds: 1 })
      const connection = newId()
      const now = clock.now()
      const connect = { accountId, listenerId, connection, inHand, now, expiresAt: now + LISTENER_KEPT_MS }
      endAll(listenerId, 'superseded')
      if (!(await store.connectListener(connect))) throw notFound()
      for (const older of streamsOf(listenerId)) older.settleAllBut(inHand)
      const streamOptions = { ...options, timeoutMs, record }
      const stream = new ListenerStream(listener, { connection, once }, openOutlet(), streamOptions)
      for (const other of streams) if (other.isOver) streams.delete(other)
      streams.add(stream)
      if (signal.aborted || stopping) return stream.end(stopping ? 'stopping' : null)
      signal.addEventListener('abort', () => stream.end(null), { once: true })
      stream.start()
    },
    async answer(accountId, listenerId, answered) {
      await find(accountId, listenerId)
      const { deliveryId, leasedBy, number, startedAt, requestHeaders, outcome } = answered
      const delivery = isId(deliveryId) ? await store.findListenerDelivery(accountId, listenerId, deliveryId) : null
      if (delivery === null) throw new AppError('delivery.not_found', { detail: 'This listener has no such delivery.' })
      const isUnderWay = delivery.leasedBy === leasedBy && delivery.attemptCount + 1 === number
      const made = { listenerId, accountId, deliveryId, leasedBy, startedAt, requestHeaders, outcome, delivery }
      const verdict = (isUnderWay ? await record(made) : null) ?? (await findRecorded(accountId, answered))
      if (verdict === null) throw attemptEnded()
      const settled = streamsOf(listenerId).map((stream) => stream.settle(deliveryId))
      if (!settled.includes(true)) await store.tellListenerAnswered(listenerId)
      if (verdict.status === 'waiting') for (const stream of streamsOf(listenerId)) stream.wake()
      const { status, nextAttemptAt, cause } = verdict
      return { status, nextAttemptAt, cause }
    },
    start() {
      void sweep()
    },
    async stop() {
      stopping = true
      cancelSweep()
      stopHearing()
      for (const stream of streams) stream.pause()
      await drained([...streams], clock, STOP_MS)
      for (const stream of streams) stream.end('stopping')
    },
  }
}

function notFound(): AppError {
  return new AppError('listener.not_found', {
    detail: 'The account has no such listener. One that nobody reads is removed after three minutes.',
  })
}

function attemptEnded(): AppError {
  return new AppError('delivery.attempt_ended', {
    detail: 'The attempt had ended already, so nothing was recorded: the answer came too late, or the lease was lost.',
  })
}
