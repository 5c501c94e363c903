import type net from 'node:net'

/** How long the steps of opening a connection took, in milliseconds; null for a step that there was not. */
export interface ConnectionTiming {
  dnsMs: number | null
  connectMs: number | null
  tlsMs: number | null
}

/** A connection that is ready for its first request. */
export interface OpenConnection {
  readonly socket: net.Socket
  /** The receiver's address and port, also behind a proxy. */
  readonly remoteAddress: string
  readonly timing: ConnectionTiming
}

/**
 * Opens a connection to the host and port of a URL, with TLS when its scheme says so. Rejects when that fails, and gives up
 * at once, closing what it has, when the signal aborts.
 */
export type Connect = (url: URL, signal: AbortSignal) => Promise<OpenConnection>

/** A request that has a connection for itself until it gives it back. */
export interface Borrower {
  /** To be called with a connection that nobody else uses, and that may still be opening. */
  use(connection: Connection): void
  /** The connection could not be opened, or broke. Nothing else is told after it. */
  onError(error: Error): void
  /** A view of what the receiver sent, good only during the call. */
  onBytes(bytes: Buffer): void
  /** The receiver sends no more. */
  onClosed(): void
}

/** The receiver closed a connection with a request on it. */
export class ConnectionClosedError extends Error {
  override readonly name = 'ConnectionClosedError'

  constructor() {
    super('the receiver closed it')
  }
}

export interface ConnectionEvents {
  /** Ready for the next request, for so long. */
  readonly onFree: (connection: Connection, idleMs: number) => void
  readonly onGone: (connection: Connection, wasInUse: boolean) => void
}

/** One connection. In use (opening first) ⇄ idle → gone; gone from in use when it can carry no other request. */
export class Connection {
  readonly #events: ConnectionEvents
  readonly #giveUp = new AbortController()
  #open: OpenConnection | null = null
  #borrower: Borrower | null = null
  /** What the first request wants to be sent, while the connection is being opened. */
  #unsent: Buffer | null = null
  #uses = 0
  #gone = false

  constructor(connect: Connect, url: URL, events: ConnectionEvents) {
    this.#events = events
    connect(url, this.#giveUp.signal).then(
      (open) => this.#onOpen(open),
      (error: Error) => this.#borrower?.onError(error),
    )
  }

  /** Whether another request was sent on it before this one. */
  get used(): boolean {
    return this.#uses > 1
  }

  /** Null while it is being opened. */
  get remoteAddress(): string | null {
    return this.#open?.remoteAddress ?? null
  }

  /** What opening it took; null for any but the first request on it. */
  get timing(): ConnectionTiming | null {
    return this.used ? null : (this.#open?.timing ?? null)
  }

  lendTo(borrower: Borrower): void {
    this.#borrower = borrower
    this.#uses++
    borrower.use(this)
  }

  /** Sends a request, now or as soon as the connection is open. */
  send(bytes: Buffer): void {
    if (this.#open) this.#open.socket.write(bytes)
    else this.#unsent = bytes
  }

  /** To be called once after each use; with 0 when the connection cannot be used again, and it is closed. */
  giveBack(idleMsMax: number): void {
    this.#borrower = null
    const socket = this.#open?.socket
    // An answer that came before the whole request was sent ends the connection: the rest would be read as the next one.
    const usable = idleMsMax > 0 && socket && !socket.destroyed && socket.writableLength === 0
    if (usable) this.#events.onFree(this, idleMsMax)
    else this.#go(true)
  }

  /** Closes it; a request that is under way on it is told why. */
  close(error: Error = new ConnectionClosedError()): void {
    if (this.#borrower) this.#borrower.onError(error)
    else this.#go(false)
  }

  #onOpen(open: OpenConnection): void {
    const { socket } = open
    if (this.#gone) {
      socket.destroy()
      return
    }
    this.#open = open
    socket.on('error', (error) => this.close(error))
    socket.on('close', () => this.close())
    socket.on('end', () => (this.#borrower ? this.#borrower.onClosed() : this.#go(false)))
    // Bytes that nobody asked for end an idle connection: whatever they are, they are not the next answer.
    socket.on('data', (bytes: Buffer) => (this.#borrower ? this.#borrower.onBytes(bytes) : this.#go(false)))
    if (this.#unsent) socket.write(this.#unsent)
    this.#unsent = null
  }

  #go(wasInUse: boolean): void {
    if (this.#gone) return
    this.#gone = true
    this.#giveUp.abort()
    this.#open?.socket.destroy()
    this.#events.onGone(this, wasInUse)
  }
}
