import { StoreUnavailableError } from '../errors.ts'
import type { OperationName } from './synchronous.ts'
import { FlatReader, readOutcome, writeCall } from './wire.ts'

/**
 * Calls in one transaction. Measured: from 100 on, the fsync no longer shows in the cost of a call; more only makes a
 * batch hold up the reads behind it (500 calls take about 10 ms).
 */
const BATCH_CALLS_MAX = 500

/**
 * Batches at the thread of the database at once: it finds the next one when it has answered one, and does not wait until
 * all of those who got an answer have gone on. A third changed nothing.
 */
const BATCHES_MAX = 2

/** Calls that a second batch is worth: each has its commit, and 0.2 ms for the disk are what about ten calls take. */
const SECOND_BATCH_CALLS_MIN = 64

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
 * Gathers calls into batches without a timer: group commit, as `lib/batcher.ts` has it. Calls are written flat at once, so
 * that nothing of them but texts and numbers is kept until their batch leaves: objects that wait are copied by the garbage
 * collector. Measured against the batcher and an async function around it, µs of CPU a delivery (two calls): main thread
 * 65 → 58, the thread of the database 46 → 43.
 *
 * A batch leaves at the end of the turn that brought its first call, or the answer to the one before. With one under way at
 * a time, the two threads took turns: the database waited while its answers were told, and all that had been told waited
 * for it. With two, each is busy for longer, and a twentieth more deliveries a second were sent. Tried with one, and each
 * without a difference: leaving before the answers are told or in the middle of a turn, 768 or 1,024 deliveries under way
 * in place of 384, a thread of less priority, each thread bound to a core.
 */
export function createCalls(post: (values: unknown[]) => void): Calls {
  let gathering: Batch = { values: [], callers: [] }
  /** Batches with as many calls as one may have, the first to leave in front. */
  let full: Batch[] = []
  /** The first to be answered in front. */
  let underWay: Batch[] = []
  let scheduled = false
  let ended: Error | null = null
  let idleListeners: (() => void)[] = []

  function mayLeave(): boolean {
    if (underWay.length === BATCHES_MAX) return false
    if (full.length > 0) return true
    return gathering.callers.length >= (underWay.length === 0 ? 1 : SECOND_BATCH_CALLS_MIN)
  }

  function schedule() {
    if (scheduled || !mayLeave()) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      while (mayLeave()) leave()
    })
  }

  function leave() {
    const batch = full.shift() ?? gathering
    if (batch === gathering) gathering = { values: [], callers: [] }
    if (batch.callers.length === 0) return
    underWay.push(batch)
    try {
      post(batch.values)
    } catch (error) {
      underWay.pop()
      for (const { reject } of batch.callers) reject(error)
      schedule()
      tellIdle()
    }
  }

  function tellIdle() {
    if (underWay.length > 0 || full.length > 0 || gathering.callers.length > 0) return
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
          if (mayLeave()) leave()
        } else schedule()
      }),
    answer(outcomes) {
      const callers = underWay.shift()?.callers ?? []
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
      const callers = [...underWay, ...full, gathering].flatMap((batch) => batch.callers)
      underWay = []
      full = []
      gathering = { values: [], callers: [] }
      for (const { reject } of callers) reject(error)
      tellIdle()
    },
    idle: () =>
      underWay.length === 0 && gathering.callers.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => idleListeners.push(resolve)),
  }
}
