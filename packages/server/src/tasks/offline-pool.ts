import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Piscina } from 'piscina'
import type { OfflineAnswer, OfflineRequest } from './offline-worker.ts'
import { TaskError } from './task.ts'

/** Threads at most: one core stays for the event loop, and more than two compete with its database work. */
const THREADS_MAX = Math.max(1, Math.min(2, availableParallelism() - 1))

/** How long a thread without work lives: a burst finds it warm, an idle server gets its 25 MB back. */
const IDLE_TIMEOUT_MS = 30_000

/** Heap of one thread in MiB. The largest input with the largest result needs about 150; a leak ends one thread only. */
const HEAP_MIB_MAX = 512

export interface OfflinePoolOptions {
  /** The module whose export `runOffline` runs in the threads; `offline-worker.ts` unless a test brings its own. */
  readonly workerFile?: URL
  readonly threadsMax?: number
  readonly idleTimeoutMs?: number
}

/** Worker threads for offline tasks whose input is long. None exist until the first is needed. */
export interface OfflinePool {
  /**
   * Runs one job in a thread. When the signal aborts, the thread is ended, even in the middle of a regular expression.
   * @throws the signal's reason when it aborted; TaskError; any error of the task
   */
  run(request: OfflineRequest, signal: AbortSignal): Promise<unknown>
  /** Ends all threads, whatever they do; what they ran rejects. */
  close(): Promise<void>
}

export function createOfflinePool(options: OfflinePoolOptions = {}): OfflinePool {
  let starting: Promise<Piscina<OfflineRequest, OfflineAnswer>> | undefined

  async function start(): Promise<Piscina<OfflineRequest, OfflineAnswer>> {
    const { Piscina } = await import('piscina')
    return new Piscina({
      filename: fileURLToPath(options.workerFile ?? new URL('./offline-worker.ts', import.meta.url)),
      name: 'runOffline' satisfies keyof typeof import('./offline-worker.ts'),
      minThreads: 0,
      maxThreads: options.threadsMax ?? THREADS_MAX,
      idleTimeout: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX },
      // Threads work on callers' texts and need neither our keys nor our flags.
      env: {},
      execArgv: [],
    })
  }

  return {
    async run(request, signal) {
      starting ??= start()
      const pool = await starting
      signal.throwIfAborted()
      let answer: OfflineAnswer
      try {
        answer = await pool.run(request, { signal })
      } catch (error) {
        throw signal.aborted ? signal.reason : error
      }
      if (!answer.ok) throw new TaskError(answer.code, answer.message)
      return answer.result
    },
    async close() {
      await (await starting)?.destroy()
    },
  }
}
