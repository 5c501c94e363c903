import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Piscina } from 'piscina'
import { createFairGate } from './fair-gate.ts'
import { TaskError } from './task.ts'
import type { ThreadAnswer, ThreadRequest } from './thread-answer.ts'
import { createThreadMark, type ThreadLimits, watchThread } from './thread-watch.ts'

/** Threads at most: one core stays for the event loop, and more than two compete with its database work. */
const THREADS_MAX = Math.max(1, Math.min(2, availableParallelism() - 1))

/** How long a thread without work lives: a burst finds it warm, an idle server gets its 25 MB back. */
const IDLE_TIMEOUT_MS = 30_000

/** Heap of one thread in MiB. The largest input with the largest result needs about 150; a leak ends one thread only. */
const HEAP_MIB_MAX = 512

/**
 * The same where the heap is watched: room for the largest step that a growing array can take between two looks. What meets this
 * limit in one step ends the process.
 */
const WATCHED_HEAP_MIB_MAX = 2_048

export interface OfflinePoolOptions {
  /** The module whose `runInThread` runs in the threads, and gives a {@link ThreadAnswer}. */
  readonly workerFile?: URL
  readonly threadsMax?: number
  readonly idleTimeoutMs?: number
  /** Limits of one run, besides those of the heap. */
  readonly limits?: ThreadLimits
}

/**
 * Worker threads for work on callers' texts and files. None exist until the first is needed. Accounts take turns: one that has a
 * minute's work waiting for each thread holds up another by one piece of it.
 */
export interface OfflinePool<Request extends object> {
  /**
   * Runs one request in a thread. When the signal aborts, the thread is ended, even in the middle of a regular
   * expression. `transfer` lists buffers that the thread gets instead of a copy; they are gone here.
   * @throws the signal's reason when it aborted; TaskError; what the limits throw; any error of the work
   */
  run(accountId: string, request: Request, signal: AbortSignal, transfer?: readonly ArrayBuffer[]): Promise<unknown>
  /** Ends all threads, whatever they do; what they ran rejects. */
  close(): Promise<void>
}

export function createOfflinePool<Request extends object>(options: OfflinePoolOptions): OfflinePool<Request> {
  const { limits, threadsMax = THREADS_MAX } = options
  const gate = createFairGate(threadsMax)
  let starting: Promise<Piscina<ThreadRequest<Request>, ThreadAnswer>> | undefined

  async function start(): Promise<Piscina<ThreadRequest<Request>, ThreadAnswer>> {
    const { Piscina } = await import('piscina')
    return new Piscina({
      filename: fileURLToPath(options.workerFile ?? new URL('./offline-worker.ts', import.meta.url)),
      name: 'runInThread',
      minThreads: 0,
      maxThreads: threadsMax,
      idleTimeout: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
      resourceLimits: { maxOldGenerationSizeMb: limits ? WATCHED_HEAP_MIB_MAX : HEAP_MIB_MAX },
      // Threads work on callers' texts and need neither our keys nor our flags.
      env: {},
      execArgv: [],
    })
  }

  async function runInTurn(
    request: Request,
    signal: AbortSignal,
    transfer: readonly ArrayBuffer[],
  ): Promise<ThreadAnswer> {
    starting ??= start()
    const pool = await starting
    signal.throwIfAborted()
    const mark = createThreadMark()
    const overLimit = new AbortController()
    const stopWatching = limits
      ? watchThread(
          mark,
          () => pool.threads,
          limits,
          (reason) => overLimit.abort(reason),
        )
      : () => {}
    const ended = AbortSignal.any([signal, overLimit.signal])
    try {
      // Piscina's types take the list for the other form of `postMessage`'s second parameter.
      const transferList = [...transfer] as never
      return await pool.run({ ...request, mark }, { signal: ended, transferList })
    } catch (error) {
      if (ended.aborted) throw ended.reason
      const outOfMemory = (error as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY'
      throw outOfMemory && limits ? limits.tooLarge() : error
    } finally {
      stopWatching()
    }
  }

  return {
    async run(accountId, request, signal, transfer = []) {
      const leave = await gate.enter(accountId, 1, signal)
      let answer: ThreadAnswer
      try {
        answer = await runInTurn(request, signal, transfer)
      } finally {
        leave()
      }
      if (!answer.ok) throw new TaskError(answer.code, answer.message)
      return answer.result
    },
    async close() {
      await (await starting)?.destroy()
    },
  }
}
