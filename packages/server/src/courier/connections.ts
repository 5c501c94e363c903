import { type buildConnector, Client, errors } from 'undici'
import type { Clock } from '../lib/clock.ts'

/** Idle connections are kept this long: a busy receiver is reached without a handshake, a quiet one costs nothing. */
const KEEP_ALIVE_MS = 10_000

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

/** A request that needs a connection for as long as its answer takes. */
export interface Borrower {
  /** Its time is over, or it was given up: it needs no connection any more. */
  readonly ended: boolean
  /** To be called with a connection that nobody else uses until it is given back. */
  use(connection: Connection): void
  /** There will be no connection. */
  refuse(error: Error): void
}

/** One connection to an origin, opened by undici when it is first used. */
export interface Connection {
  readonly client: Client
  /** Whether a request was sent on it before. */
  readonly used: boolean
  /** To be called once after each use; `complete` is whether the whole answer was read, else the connection is closed. */
  giveBack(complete: boolean): void
}

/**
 * Connections kept by origin, each used by one request at a time: what undici calls a pool, without a limit and with fewer
 * connections. undici's own opens one for each request that comes while the others are busy, and looks through all of
 * them for a free one: at 384 requests under way, 768 connections and 60 % more CPU a request.
 */
export class Connections {
  readonly #connect: buildConnector.connector
  readonly #clock: Clock
  readonly #origins = new Map<string, Origin>()
  #closed = false

  constructor(connect: buildConnector.connector, clock: Clock) {
    this.#connect = connect
    this.#clock = clock
  }

  /** Gives the borrower a connection, at once or after {@link WAIT_MS} at most. */
  request(url: string, borrower: Borrower): void {
    this.#originFor(url, borrower)?.request(borrower)
  }

  /** Gives the borrower, at once, a connection that nobody has used. */
  requestNew(url: string, borrower: Borrower): void {
    this.#originFor(url, borrower)?.open(borrower)
  }

  /** Null when the borrower was refused. */
  #originFor(url: string, borrower: Borrower): Origin | null {
    if (this.#closed) {
      borrower.refuse(new errors.ClientClosedError())
      return null
    }
    let origin = this.#origins.get(url)
    if (!origin) {
      origin = new Origin(url, this.#connect, this.#clock, () => this.#origins.delete(url))
      this.#origins.set(url, origin)
    }
    return origin
  }

  /** Ends all that is under way, and refuses what comes. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#origins.values()].map((origin) => origin.close()))
  }
}

class Origin {
  readonly #url: string
  readonly #connect: buildConnector.connector
  readonly #clock: Clock
  readonly #onUnused: () => void
  readonly #connections = new Set<KeptConnection>()
  /** The one that was used last is used first, so that the others can become idle long enough to be closed. */
  readonly #idle: KeptConnection[] = []
  #inUse = 0
  #inUseMax = IN_USE_FIRST
  #waiting: { readonly borrower: Borrower; readonly sinceMs: number }[] = []
  #timed = false

  constructor(url: string, connect: buildConnector.connector, clock: Clock, onUnused: () => void) {
    this.#url = url
    this.#connect = connect
    this.#clock = clock
    this.#onUnused = onUnused
  }

  request(borrower: Borrower): void {
    if (this.#inUse < this.#inUseMax) this.#serve(borrower)
    else {
      this.#waiting.push({ borrower, sinceMs: this.#clock.monotonicMs() })
      this.#watch(WAIT_MS)
    }
  }

  async close(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    for (const { borrower } of waiting) borrower.refuse(new errors.ClientDestroyedError())
    await Promise.all([...this.#connections].map(({ client }) => client.destroy()))
  }

  #serve(borrower: Borrower): void {
    const idle = this.#idle.pop()
    if (!idle) {
      this.open(borrower)
      return
    }
    this.#inUse++
    idle.lendTo(borrower)
  }

  open(borrower: Borrower): void {
    const connection = new KeptConnection(this.#url, this.#connect, {
      onFree: (free) => this.#onFree(free),
      onGone: (gone, wasInUse) => this.#onGone(gone, wasInUse),
    })
    this.#connections.add(connection)
    this.#inUse++
    connection.lendTo(borrower)
  }

  #onFree(connection: KeptConnection): void {
    const next = this.#inUse <= this.#inUseMax ? this.#nextWaiting() : undefined
    if (next) connection.lendTo(next)
    else {
      this.#idle.push(connection)
      this.#leave()
    }
  }

  #onGone(connection: KeptConnection, wasInUse: boolean): void {
    this.#connections.delete(connection)
    if (wasInUse) {
      const next = this.#inUse <= this.#inUseMax ? this.#nextWaiting() : undefined
      this.#leave()
      if (next) this.#serve(next)
    } else this.#idle.splice(this.#idle.indexOf(connection), 1)
    if (this.#connections.size === 0) this.#onUnused()
  }

  #leave(): void {
    this.#inUse--
    if (this.#inUse === 0) this.#inUseMax = IN_USE_FIRST
  }

  #nextWaiting(): Borrower | undefined {
    for (;;) {
      const next = this.#waiting.shift()
      if (!next?.borrower.ended) return next?.borrower
    }
  }

  /** One timer for all that wait. */
  #watch(delayMs: number): void {
    if (this.#timed) return
    this.#timed = true
    this.#clock.after(delayMs, () => {
      this.#timed = false
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
}

interface ConnectionEvents {
  readonly onFree: (connection: KeptConnection) => void
  readonly onGone: (connection: KeptConnection, wasInUse: boolean) => void
}

/** States: in use ⇄ idle → gone; gone from in use when the answer was not read to its end. */
class KeptConnection implements Connection {
  readonly client: Client
  readonly #events: ConnectionEvents
  #uses = 0
  #inUse = false
  #connected = false
  #gone = false

  constructor(url: string, connect: buildConnector.connector, events: ConnectionEvents) {
    this.#events = events
    this.client = new Client(url, {
      connect,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // The deadline of the attempt is the only one; undici's own two timers would be two more per request.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    this.client.on('connect', () => {
      this.#connected = true
    })
    this.client.on('disconnect', () => {
      this.#connected = false
      if (!this.#inUse) this.#go(false)
    })
  }

  get used(): boolean {
    return this.#uses > 1
  }

  lendTo(borrower: Borrower): void {
    this.#inUse = true
    this.#uses++
    borrower.use(this)
  }

  giveBack(complete: boolean): void {
    this.#inUse = false
    if (complete && this.#connected) this.#events.onFree(this)
    else this.#go(true)
  }

  #go(wasInUse: boolean): void {
    if (this.#gone) return
    this.#gone = true
    // Not awaited: it only says when the socket has closed.
    void this.client.destroy()
    this.#events.onGone(this, wasInUse)
  }
}
