import { detectEmails } from './content/detect-emails.ts'
import { detectPhones } from './content/detect-phones.ts'
import { detectUrls } from './content/detect-urls.ts'
import { summarize } from './content/summarize.ts'
import { translate } from './content/translate.ts'
import type { Task } from './task.ts'

/** Every task of this server, in the order in which documentation lists them. A new task is one file and one line. */
export const TASKS: readonly Task[] = [detectPhones, detectEmails, detectUrls, translate, summarize]

/** Finds tasks by what requests and stored jobs call them. */
export interface TaskRegistry {
  byType(type: string): Task | undefined
  /** The path below `/api/v1`, beginning with a slash. */
  byPath(path: string): Task | undefined
  readonly all: readonly Task[]
}

/**
 * @throws Error when two tasks have the same type or the same path: one of them could never be reached
 */
export function createTaskRegistry(tasks: readonly Task[] = TASKS): TaskRegistry {
  const byType = index(tasks, 'type')
  const byPath = index(tasks, 'path')
  return {
    byType: (type) => byType.get(type),
    byPath: (path) => byPath.get(path),
    all: [...tasks],
  }
}

function index(tasks: readonly Task[], key: 'type' | 'path'): ReadonlyMap<string, Task> {
  const tasksByKey = new Map<string, Task>()
  for (const task of tasks) {
    if (tasksByKey.has(task[key])) throw new Error(`two tasks have the ${key} "${task[key]}"`)
    tasksByKey.set(task[key], task)
  }
  return tasksByKey
}
