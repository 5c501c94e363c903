import { executeTask } from './execute-task.ts'
import { createTaskRegistry } from './registry.ts'
import { TaskError, type TaskModel } from './task.ts'

/** One job for a worker thread. Strings are copied between threads at memory speed, parsed inputs are not. */
export interface OfflineRequest {
  readonly type: string
  readonly inputText: string
}

/**
 * What comes back: classes do not survive the way between threads, so a TaskError travels as its fields. Errors of
 * other kinds are thrown and reach the caller as plain errors.
 */
export type OfflineAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly code: TaskError['code']; readonly message: string }

const registry = createTaskRegistry()

const noModel: TaskModel = {
  generate: () => Promise.reject(new Error('offline tasks have no model')),
}

/** The thread is ended from outside when the job is aborted; nothing in it needs to listen. */
const neverAborted = new AbortController().signal

/** Runs in a worker thread of the pool (`offline-pool.ts`). */
export async function runOffline({ type, inputText }: OfflineRequest): Promise<OfflineAnswer> {
  const task = registry.byType(type)
  if (task?.kind !== 'offline') throw new Error(`${type} is no offline task`)
  try {
    return { ok: true, result: await executeTask(task, inputText, { signal: neverAborted, model: noModel }) }
  } catch (error) {
    if (error instanceof TaskError) return { ok: false, code: error.code, message: error.message }
    throw error
  }
}
