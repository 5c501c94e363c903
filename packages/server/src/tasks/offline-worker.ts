import { executeTask } from './execute-task.ts'
import { createTaskRegistry } from './registry.ts'
import type { TaskContext } from './task.ts'
import { answerFromThread, type ThreadAnswer, type ThreadRequest } from './thread-answer.ts'

/** One job for a worker thread. Strings are copied between threads at memory speed, parsed inputs are not. */
export interface OfflineRequest {
  readonly type: string
  readonly inputText: string
}

const registry = createTaskRegistry()

const context: TaskContext & { documents: never } = {
  // The thread is ended from outside when the job is aborted; nothing in it needs to listen.
  signal: new AbortController().signal,
  model: { generate: () => Promise.reject(new Error('offline tasks have no model')) },
  get documents(): never {
    throw new Error('offline tasks have no documents')
  },
}

/** Runs in a worker thread of the pool (`offline-pool.ts`). */
export async function runInThread({ type, inputText, mark }: ThreadRequest<OfflineRequest>): Promise<ThreadAnswer> {
  const task = registry.byType(type)
  if (task?.kind !== 'offline') throw new Error(`${type} is no offline task`)
  return await answerFromThread(mark, () => executeTask(task, inputText, context))
}
