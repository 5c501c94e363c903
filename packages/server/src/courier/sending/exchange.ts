import { RESPONSE_KEPT_BYTES_MAX } from '@ringback/contract'
import type { Clock } from '../../lib/clock.ts'
import type { HeaderList } from '../../store/deliveries.ts'
import { type AnswerParts, AnswerReader, type Progress } from './answer-reader.ts'
import { failureOf } from './causes.ts'
import { type Connection, ConnectionClosedError, type ConnectionTiming } from './connection.ts'
import type { Waiting } from './connections.ts'
import type { SendOutcome } from './outcome.ts'

const NOTHING = Buffer.alloc(0)

/** An attempt under way keeps the process alive. */
const KEEP_ALIVE = { keepAlive: true }

/** What all exchanges of a sender have in common. */
export interface ExchangeOptions {
  readonly clock: Clock
  readonly timeoutMs: number
}

/** One request on one connection, and what came of it. `onEnd` is told once when it has ended, in any way. */
export class Exchange implements Waiting, AnswerParts {
  readonly #options: ExchangeOptions
  readonly #request: Buffer
  readonly #startedMs: number
  readonly #onEnd: () => void
  readonly #cancelDeadline: () => void
  readonly #reader = new AnswerReader(this)
  #connection: Connection | null = null
  #remoteAddress: string | null = null
  #opening: ConnectionTiming | null = null
  #ended = false
  #failure: SendOutcome['failure'] = null
  #brokeAtReuse = false
  #answering = false
  #firstByteMs: number | null = null
  #totalMs = 0
  #status: number | null = null
  #headers: HeaderList = []
  /** Grows by doubling. A buffer for each part would take a hundred times the memory when a receiver sends single bytes. */
  #kept: Buffer = NOTHING
  #keptBytes = 0
  #truncated = false

  /** The request is sent as it is. The deadline is `timeoutMs` after `startedMs`, which may be past. */
  constructor(options: ExchangeOptions, request: Buffer, startedMs: number, onEnd: () => void) {
    this.#options = options
    this.#request = request
    this.#startedMs = startedMs
    this.#onEnd = onEnd
    const { clock, timeoutMs } = options
    // Timers take whole milliseconds and leave out the rest: rounded up, no attempt ends before its time.
    const remainingMs = Math.ceil(timeoutMs - (clock.monotonicMs() - startedMs))
    this.#cancelDeadline = clock.after(remainingMs, () => this.#onDeadline(), KEEP_ALIVE)
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Whether its connection was an old one that broke before a single byte of answer. */
  get brokeAtReuse(): boolean {
    return this.#brokeAtReuse
  }

  use(connection: Connection): void {
    this.#connection = connection
    connection.send(this.#request)
  }

  onBytes(bytes: Buffer): void {
    this.#answering = true
    let progress: Progress
    try {
      progress = this.#reader.read(bytes)
    } catch (error) {
      this.onError(error as Error)
      return
    }
    if (progress === 'complete') this.#end(null, this.#reader.idleMsMax)
    else if (progress === 'enough') {
      // The status was said and enough was read: the rest is not worth the connection.
      this.#truncated = true
      this.#end(null)
    }
  }

  onClosed(): void {
    if (this.#reader.completeAtClose) this.#end(null)
    else this.onError(new ConnectionClosedError())
  }

  onError(error: Error): void {
    if (this.#ended) return
    const connected = this.#connection !== null && this.#connection.remoteAddress !== null
    this.#failure = failureOf(error, { connected })
    this.#brokeAtReuse = !this.#answering && this.#failure.cause === 'reset' && (this.#connection?.used ?? false)
    this.#end(this.#failure)
  }

  onHead(status: number, headers: HeaderList): void {
    this.#firstByteMs = this.#options.clock.monotonicMs() - this.#startedMs
    this.#status = status
    this.#headers = headers
  }

  onBody(part: Buffer): void {
    const room = RESPONSE_KEPT_BYTES_MAX - this.#keptBytes
    if (part.length > room) this.#truncated = true
    if (room === 0) return
    const keptBytes = this.#keptBytes + Math.min(part.length, room)
    if (keptBytes > this.#kept.length) this.#makeRoom(keptBytes)
    // A copy: the part is a view of a large buffer that would be kept alive with it.
    part.copy(this.#kept, this.#keptBytes, 0, room)
    this.#keptBytes = keptBytes
  }

  #makeRoom(bytes: number): void {
    const larger = Buffer.allocUnsafe(Math.min(Math.max(bytes, 2 * this.#kept.length), RESPONSE_KEPT_BYTES_MAX))
    this.#kept.copy(larger, 0, 0, this.#keptBytes)
    this.#kept = larger
  }

  outcome(): SendOutcome {
    const answer =
      this.#status === null
        ? null
        : {
            status: this.#status,
            headers: this.#headers,
            body: this.#kept.toString('utf8', 0, this.#keptBytes),
            truncated: this.#truncated,
          }
    const timing = {
      dnsMs: rounded(this.#opening?.dnsMs ?? null),
      connectMs: rounded(this.#opening?.connectMs ?? null),
      tlsMs: rounded(this.#opening?.tlsMs ?? null),
      firstByteMs: rounded(this.#firstByteMs),
      totalMs: rounded(this.#totalMs),
    }
    return { answer, failure: this.#failure, remoteAddress: this.#remoteAddress, timing }
  }

  #onDeadline(): void {
    this.#end({ cause: 'timeout', message: `not finished within ${this.#options.timeoutMs} ms: ${this.#step()}` })
  }

  #step(): string {
    if (this.#status !== null) return 'the answer did not end'
    return this.#connection?.remoteAddress ? 'no answer' : 'no connection'
  }

  /** `idleMsMax`: how long the connection may be kept for another request. */
  #end(failure: SendOutcome['failure'], idleMsMax = 0): void {
    if (this.#ended) return
    this.#ended = true
    this.#cancelDeadline()
    this.#failure = failure
    this.#totalMs = this.#options.clock.monotonicMs() - this.#startedMs
    if (this.#connection) {
      // Before it is given back: then it may at once be somebody else's.
      this.#remoteAddress = this.#connection.remoteAddress
      this.#opening = this.#connection.timing
      this.#connection.giveBack(idleMsMax)
    }
    this.#onEnd()
  }
}

/** Hundredths of a millisecond: finer than that is noise. */
function rounded<Ms extends number | null>(ms: Ms): Ms {
  return (ms === null ? null : Math.round(ms * 100) / 100) as Ms
}
