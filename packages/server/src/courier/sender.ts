import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { RESPONSE_KEPT_BYTES_MAX, RESPONSE_READ_BYTES_MAX } from '@ringback/contract'
import type { buildConnector, Dispatcher } from 'undici'
import type { Clock } from '../lib/clock.ts'
import type { HeaderList } from '../store/deliveries.ts'
import type { ConnectGuard } from '../webhooks/connect-guard.ts'
import { failureOf, isClosedConnection } from './causes.ts'
import { type Borrower, type Connection, Connections } from './connections.ts'
import { type ConnectionTiming, createConnector, takeConnection } from './connector.ts'
import type { EgressProxy } from './egress-proxy.ts'
import type { SendOutcome } from './outcome.ts'

export interface SendRequest {
  readonly url: URL
  /** All headers but `Host`, `Connection` and `Content-Length`, which belong to the connection. */
  readonly headers: HeaderList
  readonly body: Buffer
}

export interface Sender {
  /** Sends one request. Never rejects: every failure is an outcome. */
  send(request: SendRequest): Promise<SendOutcome>
  close(): Promise<void>
}

/** An attempt under way keeps the process alive. */
const KEEP_ALIVE = { keepAlive: true }

/** Sends to where the guard allows, through the proxy that is set. */
export function createSender(options: {
  readonly guard: ConnectGuard
  readonly clock: Clock
  readonly timeoutMs: number
  readonly proxy?: EgressProxy | null
  readonly trustedCertificates?: string[] | undefined
}): Sender {
  return createSenderOver(createConnector(options), options)
}

/**
 * Sends over undici's dispatcher interface, below `request`: no stream and no promise a chunk. Measured against
 * `request` on the same receiver: see ADR 0005.
 *
 * The deadline covers everything: waiting for a connection, DNS, connect, TLS, sending, and the whole answer.
 */
export function createSenderOver(
  connect: buildConnector.connector,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): Sender {
  const connections = new Connections(connect, clock)

  // undici tells which connection a request is written to only through this channel, in the same turn in which it
  // starts the request; so the exchange that started last is the one it speaks of.
  let starting: Exchange | null = null
  const onSendHeaders = (message: unknown) => {
    starting?.onConnection((message as { socket: Socket }).socket)
    starting = null
  }
  subscribe('undici:client:sendHeaders', onSendHeaders)
  const shared: Shared = {
    clock,
    timeoutMs,
    onStart(exchange) {
      starting = exchange
    },
  }

  return {
    send: (request) =>
      new Promise((resolve) => {
        const startedMs = clock.monotonicMs()
        const { origin } = targetOf(request.url)
        const first = new Exchange(shared, request, startedMs, () => {
          // A kept connection that the receiver closed at the moment of sending says nothing about the receiver: one new
          // connection, in the same attempt. As every HTTP client does (RFC 9110 section 9.2.2); receivers drop doubles.
          if (!first.failedOnUsedConnection || clock.monotonicMs() - startedMs >= timeoutMs) {
            return resolve(first.outcome())
          }
          const second = new Exchange(shared, request, startedMs, () => resolve(second.outcome()))
          // Not in the middle of what undici does about the connection that broke.
          queueMicrotask(() => connections.requestNew(origin, second))
        })
        connections.request(origin, first)
      }),
    async close() {
      unsubscribe('undici:client:sendHeaders', onSendHeaders)
      await connections.close()
    },
  }
}

/** What undici is told of a URL. Most attempts go where others went, with the same object (`request.ts`). */
const targets = new WeakMap<URL, { readonly origin: string; readonly path: string }>()

function targetOf(url: URL): { readonly origin: string; readonly path: string } {
  const known = targets.get(url)
  if (known) return known
  const target = { origin: url.origin, path: url.pathname + url.search }
  targets.set(url, target)
  return target
}

/** What all exchanges of a sender have in common. */
interface Shared {
  readonly clock: Clock
  readonly timeoutMs: number
  /** Told in the turn in which undici starts to write the request. */
  readonly onStart: (exchange: Exchange) => void
}

/** One request on one connection, and what came of it. `onEnd` is told once when it has ended, in any way. */
class Exchange implements Dispatcher.DispatchHandler, Borrower {
  readonly #shared: Shared
  readonly #request: SendRequest
  readonly #startedMs: number
  readonly #onEnd: () => void
  readonly #cancelDeadline: () => void
  #connection: Connection | null = null
  #ended = false
  #failure: SendOutcome['failure'] = null
  #error: Error | null = null
  #timing: ConnectionTiming | null = null
  #remoteAddress: string | null = null
  #firstByteMs: number | null = null
  #totalMs = 0
  #status: number | null = null
  #headers: HeaderList = []
  #kept: Buffer[] = []
  #keptBytes = 0
  #readBytes = 0
  #truncated = false

  /** The deadline is `timeoutMs` after `startedMs`, which may be past. */
  constructor(shared: Shared, request: SendRequest, startedMs: number, onEnd: () => void) {
    this.#shared = shared
    this.#request = request
    this.#startedMs = startedMs
    this.#onEnd = onEnd
    const { clock, timeoutMs } = shared
    // Timers take whole milliseconds and leave out the rest: rounded up, no attempt ends before its time.
    const remainingMs = Math.ceil(timeoutMs - (clock.monotonicMs() - startedMs))
    this.#cancelDeadline = clock.after(remainingMs, () => this.#onDeadline(), KEEP_ALIVE)
  }

  get ended(): boolean {
    return this.#ended
  }

  use(connection: Connection): void {
    this.#connection = connection
    const { url, headers, body } = this.#request
    const { origin, path } = targetOf(url)
    const flat: string[] = []
    for (const [name, value] of headers) flat.push(name, value)
    try {
      connection.client.dispatch({ origin, path, method: 'POST', headers: flat, body }, this)
    } catch (error) {
      this.onResponseError(null, error as Error)
    }
  }

  refuse(error: Error): void {
    this.onResponseError(null, error)
  }

  #onDeadline(): void {
    this.#end({ cause: 'timeout', message: `not finished within ${this.#shared.timeoutMs} ms: ${this.#step()}` })
  }

  /** Whether the connection was an old one that broke before a single byte of answer. */
  get failedOnUsedConnection(): boolean {
    const { used = false } = this.#connection ?? {}
    return used && this.#status === null && this.#error !== null && isClosedConnection(this.#error)
  }

  onConnection(socket: Socket): void {
    const connection = takeConnection(socket)
    this.#timing = connection?.timing ?? null
    this.#remoteAddress = connection?.remoteAddress ?? null
  }

  onRequestStart(): void {
    this.#shared.onStart(this)
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    // Informational answers (100, 103) come before the real one.
    if (status < 200) return
    this.#firstByteMs = this.#shared.clock.monotonicMs() - this.#startedMs
    this.#status = status
    this.#headers = toHeaderList(controller.rawHeaders)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const room = RESPONSE_KEPT_BYTES_MAX - this.#keptBytes
    if (room > 0) {
      // A copy: the chunk is a view of a large buffer that would be kept alive with it.
      const part = Buffer.from(chunk.subarray(0, room))
      this.#kept.push(part)
      this.#keptBytes += part.length
    }
    this.#readBytes += chunk.length
    if (this.#readBytes > RESPONSE_KEPT_BYTES_MAX) this.#truncated = true
    // The status was said and enough was read: the rest is not worth the connection.
    if (this.#readBytes > RESPONSE_READ_BYTES_MAX) this.#end(null)
  }

  onResponseEnd(): void {
    this.#end(null, { complete: true })
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#error = error
    this.#end(failureOf(error, { connected: this.#remoteAddress !== null }))
  }

  outcome(): SendOutcome {
    const answer =
      this.#status === null
        ? null
        : {
            status: this.#status,
            headers: this.#headers,
            body: this.#kept.length === 0 ? '' : Buffer.concat(this.#kept).toString('utf8'),
            truncated: this.#truncated,
          }
    const timing = {
      dnsMs: rounded(this.#timing?.dnsMs ?? null),
      connectMs: rounded(this.#timing?.connectMs ?? null),
      tlsMs: rounded(this.#timing?.tlsMs ?? null),
      firstByteMs: rounded(this.#firstByteMs),
      totalMs: rounded(this.#totalMs),
    }
    return { answer, failure: this.#failure, remoteAddress: this.#remoteAddress, timing }
  }

  #step(): string {
    if (this.#status !== null) return 'the answer did not end'
    return this.#remoteAddress === null ? 'no connection' : 'no answer'
  }

  #end(failure: SendOutcome['failure'], { complete } = { complete: false }): void {
    if (this.#ended) return
    this.#ended = true
    this.#cancelDeadline()
    this.#failure = failure
    this.#totalMs = this.#shared.clock.monotonicMs() - this.#startedMs
    this.#connection?.giveBack(complete)
    this.#onEnd()
  }
}

/** Hundredths of a millisecond: finer than that is noise. */
function rounded<Ms extends number | null>(ms: Ms): Ms {
  return (ms === null ? null : Math.round(ms * 100) / 100) as Ms
}

function toHeaderList(raw: unknown): HeaderList {
  const flat = (raw ?? []) as readonly (Buffer | string)[]
  const list: [string, string][] = []
  // HTTP header bytes are Latin-1 (RFC 9110 section 5.5).
  for (let index = 0; index + 1 < flat.length; index += 2) {
    list.push([latin1(flat[index]), latin1(flat[index + 1])])
  }
  return list
}

function latin1(bytes: Buffer | string | undefined): string {
  return typeof bytes === 'string' ? bytes : (bytes?.toString('latin1') ?? '')
}
