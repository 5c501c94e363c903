import type { Worker } from 'node:worker_threads'
import type { Clock } from '../lib/clock.ts'

/** How often a thread is looked at. In so long it unpacks some 20 MB; looking takes about 0.1 ms. */
const LOOK_MS = 100

export interface ThreadLimits {
  readonly clock: Clock
  /** From the moment it begins; waiting for a thread does not count. */
  readonly msMax: number
  /**
   * Memory in the heap. Watched, because V8 does not always end the thread at a limit of its own: where one piece does not fit,
   * such as an array that grows, it ends the whole process. A TIFF of 64 bytes did. The limit that it has is far above this one.
   */
  readonly heapBytesMax: number
  /**
   * Memory outside the heap. The limits of `node:worker_threads` are about the heap alone, and what is unpacked from a
   * file lies in buffers beside it.
   */
  readonly memoryBytesMax: number
  readonly tooLong: () => Error
  readonly tooLarge: () => Error
}

/** Where a thread writes its id when it begins, for whoever watches it. */
export function createThreadMark(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
}

/**
 * Watches the run that marks `mark`, and calls `end` once when it takes more time or memory than it may. Works while the
 * thread is busy. Gives the function that stops watching.
 */
export function watchThread(
  mark: Int32Array<SharedArrayBuffer>,
  threads: () => readonly Worker[],
  limits: ThreadLimits,
  end: (reason: Error) => void,
): () => void {
  const { clock } = limits
  let beganMs: number | null = null
  let stopped = false
  let cancel = clock.after(LOOK_MS, look)

  async function isTooLarge(threadId: number): Promise<boolean> {
    const thread = threads().find((worker) => worker.threadId === threadId)
    // A thread that ends while it is asked has no answer any more.
    const statistics = await thread?.getHeapStatistics().catch(() => undefined)
    if (!statistics) return false
    return statistics.used_heap_size > limits.heapBytesMax || statistics.external_memory > limits.memoryBytesMax
  }

  async function lookOnce(): Promise<Error | null> {
    const threadId = Atomics.load(mark, 0)
    if (threadId === 0) return null
    beganMs ??= clock.monotonicMs()
    if (clock.monotonicMs() - beganMs > limits.msMax) return limits.tooLong()
    return (await isTooLarge(threadId)) ? limits.tooLarge() : null
  }

  function look(): void {
    void lookOnce().then((reason) => {
      if (stopped) return
      if (reason) end(reason)
      else cancel = clock.after(LOOK_MS, look)
    })
  }

  return () => {
    stopped = true
    cancel()
  }
}
