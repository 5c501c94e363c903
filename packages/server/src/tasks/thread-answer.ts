import { threadId } from 'node:worker_threads'
import { TaskError } from './task.ts'

/** What a request becomes on its way to the thread: it says where to mark that it began. */
export type ThreadRequest<Request extends object> = Request & { readonly mark: Int32Array<SharedArrayBuffer> }

/**
 * What comes back from a worker thread: classes do not survive the way between threads, so a TaskError travels as its
 * fields. Errors of other kinds are thrown and reach the caller as plain errors.
 */
export type ThreadAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly code: TaskError['code']; readonly message: string }

/** Does the work of a thread, and marks that it began. */
export async function answerFromThread(
  mark: Int32Array<SharedArrayBuffer>,
  work: () => unknown,
): Promise<ThreadAnswer> {
  Atomics.store(mark, 0, threadId)
  try {
    return { ok: true, result: await work() }
  } catch (error) {
    if (error instanceof TaskError) return { ok: false, code: error.code, message: error.message }
    throw error
  }
}
