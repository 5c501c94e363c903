import { Client } from 'pg'
import type { CancelTimer, Clock } from '../../lib/clock.ts'
import { listenerAnsweredOf, listenerOf, WORK_KINDS, type WorkKind, workerJobsOf } from '../store.ts'
import { connectionOptions } from './database.ts'
import { WORK_CHANNEL } from './notify.ts'

export interface WorkListenerOptions {
  readonly url: string
  readonly clock: Clock
  /** Work may be due: told by a process, or unknown because the connection was away. */
  readonly onWork: (kind: WorkKind) => void
  /** Told each time the connection breaks or cannot be made; the listener tries again by itself. */
  readonly onLost: (error: Error, retryDelayMs: number) => void
}

/** Waits before the first and before any later try to connect again; each wait is twice the one before. */
const RETRY_DELAY_MS_MIN = 100
const RETRY_DELAY_MS_MAX = 10_000

/** What the kinds that name an account or a listener begin with. */
const KINDS_WITH_ID = [workerJobsOf(''), listenerOf(''), listenerAnsweredOf('')]

function isWorkKind(payload: string | undefined): payload is WorkKind {
  if (WORK_KINDS.some((kind) => payload === kind)) return true
  return KINDS_WITH_ID.some((kind) => payload?.startsWith(kind))
}

/**
 * Hears what other processes tell of work, on a connection of its own: `listen` belongs to a connection, and those of
 * the pool come and go. States: connecting → listening → (lost) → waiting → connecting, and closed from any.
 */
export class WorkListener {
  readonly #options: WorkListenerOptions
  #client: Client | null = null
  #retryDelayMs = RETRY_DELAY_MS_MIN
  #cancelRetry: CancelTimer = () => {}
  #closed = false

  constructor(options: WorkListenerOptions) {
    this.#options = options
  }

  /** Resolves when it listens, or when the first try has failed and the next one is planned. */
  async start(): Promise<void> {
    const client = new Client(connectionOptions(this.#options.url))
    this.#client = client
    let lost = false
    const onLost = (error: Error) => {
      if (lost || this.#closed) return
      lost = true
      void client.end().catch(() => {})
      this.#retry(error)
    }
    client.on('error', onLost)
    client.on('end', () => onLost(new Error('the server closed the connection')))
    client.on('notification', ({ payload }) => {
      if (isWorkKind(payload)) this.#options.onWork(payload)
    })
    try {
      await client.connect()
      await client.query(`listen ${WORK_CHANNEL}`)
    } catch (error) {
      onLost(error instanceof Error ? error : new Error(String(error)))
      return
    }
    this.#retryDelayMs = RETRY_DELAY_MS_MIN
    // What was told while nobody listened is not told again.
    for (const kind of WORK_KINDS) this.#options.onWork(kind)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#cancelRetry()
    await this.#client?.end().catch(() => {})
  }

  #retry(error: Error): void {
    const delayMs = this.#retryDelayMs
    this.#retryDelayMs = Math.min(delayMs * 2, RETRY_DELAY_MS_MAX)
    this.#options.onLost(error, delayMs)
    this.#cancelRetry = this.#options.clock.after(delayMs, () => void this.start())
  }
}
