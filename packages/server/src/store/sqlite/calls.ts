import { StoreUnavailableError } from '../errors.ts'
import type { OperationName } from './operations.ts'
import { FlatReader, readOutcome, writeCall } from './wire.ts'

/**
 * Calls in one transaction. Measured: from 100 on, the fsync no longer shows in the cost of a call; more only makes a
 * batch hold up the reads behind it (500 calls take about 10 ms).
 */
const BATCH_CALLS_MAX = 500

interface Batch {
  /** Flat (`wire.ts`). */
  readonly values: unknown[]
  readonly callers: Caller[]
}

interface Caller {
  readonly name: OperationName
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
}

/** Calls of operations on their way to the thread of the database and back. */
export interface Calls {
  /** @throws StoreUnavailableError, and Error for what went wrong in the thread, named after the operation */
  call(name: OperationName, parameters: readonly unknown[]): Promise<unknown>
  /** To be called with what came back for the batch that was posted last. */
  answer(outcomes: readonly unknown[]): void
  /** The thread has ended: all that was called, and all that will be, rejects. */
  end(error: Error): void
  /** Resolves when no call is waiting for its answer. */
  idle(): Promise<void>
}

/**
 * Gathers calls into batches without a timer, one of them under way at a time: group commit, as `lib/batcher.ts` has it.
 * Calls are written flat at once, so that nothing of them but texts and numbers is kept until their batch leaves: objects
 * that wait are copied by the garbage collector. Measured against the batcher and an async function around it, µs of CPU
 * a delivery (two calls): main thread 65 → 58, the thread of the database 46 → 43.
 *
 * The next batch leaves at the end of the turn that brought the answer to the one before. Tried: leaving before those who
 * wait for the answer are told, when 64 or 128 calls are there, so that the thread of the database works while webhooks
 * are sent. The batches become smaller, and each has its commit: 8,400 deliveries a second became 7,700 and 7,000. Tried
 * again with a receiver on the same two cores: with 768 or 1,024 deliveries under way in place of 384, leaving in the middle
 * of a turn, a store of less priority, and each thread bound to a core. The cores were busy for 70 % of the time in each.
 */
export function createCalls(post: (values: unknown[]) => void): Calls {
  let gathering: Batch = { values: [], callers: [] }
  /** Batches with as many calls as one may have, the first to leave in front. */
  let full: Batch[] = []
  let underWay: Batch | null = null
  let scheduled = false
  let ended: Error | null = null
  let idleListeners: (() => void)[] = []

  function schedule() {
    if (scheduled || underWay !== null || (full.length === 0 && gathering.callers.length === 0)) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      leave()
    })
  }

  function leave() {
    if (underWay !== null) return
    const batch = full.shift() ?? gathering
    if (batch === gathering) gathering = { values: [], callers: [] }
    if (batch.callers.length === 0) return
    underWay = batch
    try {
      post(batch.values)
    } catch (error) {
      underWay = null
      for (const { reject } of batch.callers) reject(error)
      schedule()
      tellIdle()
    }
  }

  function tellIdle() {
    if (underWay !== null || full.length > 0 || gathering.callers.length > 0) return
    for (const listener of idleListeners) listener()
    idleListeners = []
  }

  return {
    call: (name, parameters) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended)
        const { values, callers } = gathering
        const start = values.length
        try {
          writeCall(values, { name, parameters })
        } catch (error) {
          values.length = start
          return reject(error)
        }
        callers.push({ name, resolve, reject })
        if (callers.length === BATCH_CALLS_MAX) {
          full.push(gathering)
          gathering = { values: [], callers: [] }
          if (underWay === null) leave()
        } else schedule()
      }),
    answer(outcomes) {
      const callers = underWay?.callers ?? []
      underWay = null
      if (full.length > 0) leave()
      const from = new FlatReader(outcomes)
      for (const { name, resolve, reject } of callers) {
        const outcome = readOutcome(from, name)
        if (outcome.ok) resolve(outcome.value)
        else if (outcome.unavailable) reject(new StoreUnavailableError(outcome.message))
        else reject(new Error(`${name}: ${outcome.message}`))
      }
      schedule()
      tellIdle()
    },
    end(error) {
      ended = error
      const callers = [...(underWay?.callers ?? []), ...full.flatMap((batch) => batch.callers), ...gathering.callers]
      underWay = null
      full = []
      gathering = { values: [], callers: [] }
      for (const { reject } of callers) reject(error)
      tellIdle()
    },
    idle: () =>
      underWay === null && gathering.callers.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => idleListeners.push(resolve)),
  }
}
