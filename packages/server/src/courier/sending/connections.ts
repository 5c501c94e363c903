import type { CancelTimer, Clock } from '../../lib/clock.ts'
import { type Borrower, type Connect, Connection, type ConnectionEvents } from './connection.ts'

/** Idle connections are kept this long: a busy receiver is reached without a handshake, a quiet one costs nothing. */
const IDLE_MS_MAX = 10_000

/**
 * Idle connections of all origins together. Those of ten seconds with thousands of receivers would be more than the process
 * may have open, and the next one would fail as if its receiver were gone.
 */
const IDLE_MAX = 1_024

/**
 * Connections to one origin that are in use at once without a wait. A receiver that answers in milliseconds needs no more:
 * through 64 connections 33,000 requests a second were sent from one core, through one for each of 384 requests under way
 * 19,000, because every socket has state that must be in the processor's caches, at both ends.
 */
const IN_USE_FIRST = 64

/**
 * How long a request waits for a connection in use before it gets another. As many as are in use then may be from now on,
 * until none is: a slow receiver makes its first requests wait once, and not each.
 */
const WAIT_MS = 50

/** A request that waits for a connection. */
export interface Waiting extends Borrower {
  /** Its time is over, or it was given up: it needs no connection any more. */
  readonly ended: boolean
}

/** The sender was closed: of a request that was under way, or came later. */
export class SenderClosedError extends Error {
  override readonly name = 'SenderClosedError'
}

/** Connections kept by origin, each used by one request at a time. */
export class Connections {
  readonly #connect: Connect
  readonly #clock: Clock
  readonly #origins = new Map<string, Origin>()
  /** Those of all origins, the one that has been idle longest in front. */
  readonly #idle = new Set<Connection>()
  #closed = false

  constructor(connect: Connect, clock: Clock) {
    this.#connect = connect
    this.#clock = clock
  }

  /** Gives the borrower a connection, at once or after {@link WAIT_MS} at most. */
  request(origin: string, borrower: Waiting): void {
    this.#originFor(origin, borrower)?.request(borrower)
  }

  /** Gives the borrower, at once, a connection that nobody has used. */
  requestNew(origin: string, borrower: Waiting): void {
    this.#originFor(origin, borrower)?.open(borrower)
  }

  /** Null when the borrower was refused. */
  #originFor(text: string, borrower: Waiting): Origin | null {
    if (this.#closed) {
      borrower.onError(new SenderClosedError())
      return null
    }
    let origin = this.#origins.get(text)
    if (!origin) {
      origin = new Origin(new URL(text), this.#connect, this.#clock, this.#idle, () => this.#origins.delete(text))
      this.#origins.set(text, origin)
    }
    return origin
  }

  /** Ends all that is under way, and refuses what comes. */
  close(): void {
    this.#closed = true
    for (const origin of this.#origins.values()) origin.close(new SenderClosedError())
  }
}

class Origin {
  readonly #url: URL
  readonly #connect: Connect
  readonly #clock: Clock
  readonly #idleOfAll: Set<Connection>
  readonly #onUnused: () => void
  readonly #events: ConnectionEvents
  readonly #connections = new Set<Connection>()
  /** The one that was used last is used first, so that the others can become idle long enough to be closed. */
  #idle: { readonly connection: Connection; readonly untilMs: number }[] = []
  /** When the idle ones are looked at next. */
  #sweepMs = Number.POSITIVE_INFINITY
  #cancelSweep: CancelTimer = () => {}
  #inUse = 0
  #inUseMax = IN_USE_FIRST
  #waiting: { readonly borrower: Waiting; readonly sinceMs: number }[] = []
  #watching = false

  constructor(url: URL, connect: Connect, clock: Clock, idleOfAll: Set<Connection>, onUnused: () => void) {
    this.#url = url
    this.#connect = connect
    this.#clock = clock
    this.#idleOfAll = idleOfAll
    this.#onUnused = onUnused
    this.#events = {
      onFree: (connection, idleMs) => this.#onFree(connection, idleMs),
      onGone: (connection, wasInUse) => this.#onGone(connection, wasInUse),
    }
  }

  request(borrower: Waiting): void {
    if (this.#inUse < this.#inUseMax) this.#serve(borrower)
    else {
      this.#waiting.push({ borrower, sinceMs: this.#clock.monotonicMs() })
      this.#watch(WAIT_MS)
    }
  }

  open(borrower: Waiting): void {
    const connection = new Connection(this.#connect, this.#url, this.#events)
    this.#connections.add(connection)
    this.#inUse++
    connection.lendTo(borrower)
  }

  close(error: Error): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const { borrower } of waiting) borrower.onError(error)
    for (const connection of this.#connections) connection.close(error)
  }

  #serve(borrower: Waiting): void {
    const idle = this.#idle.pop()
    if (!idle) {
      this.open(borrower)
      return
    }
    this.#idleOfAll.delete(idle.connection)
    this.#inUse++
    idle.connection.lendTo(borrower)
  }

  #onFree(connection: Connection, idleMsMax: number): void {
    const next = this.#nextIfRoom()
    if (next) connection.lendTo(next)
    else {
      const untilMs = this.#clock.monotonicMs() + Math.min(idleMsMax, IDLE_MS_MAX)
      this.#idle.push({ connection, untilMs })
      this.#sweepAt(untilMs)
      this.#leave()
      this.#idleOfAll.add(connection)
      if (this.#idleOfAll.size > IDLE_MAX) {
        const [longest] = this.#idleOfAll
        longest?.close()
      }
    }
  }

  #onGone(connection: Connection, wasInUse: boolean): void {
    this.#connections.delete(connection)
    if (wasInUse) {
      const next = this.#nextIfRoom()
      this.#leave()
      if (next) this.#serve(next)
    } else {
      this.#idle = this.#idle.filter((idle) => idle.connection !== connection)
      this.#idleOfAll.delete(connection)
    }
    if (this.#connections.size === 0) this.#onUnused()
  }

  #leave(): void {
    this.#inUse--
    if (this.#inUse === 0) this.#inUseMax = IN_USE_FIRST
  }

  /** Who gets the place of a request that has ended. */
  #nextIfRoom(): Waiting | undefined {
    return this.#inUse <= this.#inUseMax ? this.#nextWaiting() : undefined
  }

  #nextWaiting(): Waiting | undefined {
    for (;;) {
      const next = this.#waiting.shift()
      if (!next?.borrower.ended) return next?.borrower
    }
  }

  /** One timer for all that wait. */
  #watch(delayMs: number): void {
    if (this.#watching) return
    this.#watching = true
    this.#clock.after(delayMs, () => {
      this.#watching = false
      const now = this.#clock.monotonicMs()
      for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
        const leftMs = first.sinceMs + WAIT_MS - now
        if (leftMs > 0) {
          this.#watch(leftMs)
          return
        }
        const next = this.#nextWaiting()
        if (!next) return
        this.#serve(next)
        this.#inUseMax = Math.max(this.#inUseMax, this.#inUse)
      }
    })
  }

  /** One timer for all that are idle, for the one whose time is over first: receivers announce times of all lengths. */
  #sweepAt(atMs: number): void {
    if (atMs >= this.#sweepMs) return
    this.#cancelSweep()
    this.#sweepMs = atMs
    this.#cancelSweep = this.#clock.after(atMs - this.#clock.monotonicMs(), () => {
      this.#sweepMs = Number.POSITIVE_INFINITY
      const now = this.#clock.monotonicMs()
      const over = this.#idle.filter(({ untilMs }) => untilMs <= now)
      for (const { connection } of over) connection.close()
      if (this.#idle.length > 0) this.#sweepAt(Math.min(...this.#idle.map(({ untilMs }) => untilMs)))
    })
  }
}
