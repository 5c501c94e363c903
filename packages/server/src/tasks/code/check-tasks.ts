import { z } from 'zod'
import { messageOf } from '../../lib/errors.ts'
import type { Task } from '../task.ts'
import { type CodeTask, placeOfTask } from './define-task.ts'

/** First parts of paths that lead to routes of the server itself, or to job types of accounts. */
const RESERVED_PATHS = new Set(
  'account accounts api-keys custom deliveries docs job jobs ping quota webhooks worker workers workflows'.split(' '),
)

const TYPE = /^[a-z0-9]+(_[a-z0-9]+)*$/
const PATH = /^\/[a-z0-9]+([_-][a-z0-9]+)*\/[a-z0-9]+([_-][a-z0-9]+)*$/

/** Longest type and path in characters. */
const NAME_LENGTH_MAX = 64

/** The tasks of a file, or all that is wrong with them, each with its place. */
export type CheckedTasks = { readonly tasks: readonly Task[] } | { readonly problems: readonly string[] }

/**
 * Checks what a file exports. `exportPlace` is where its default export is; a task that was made with `defineTask` knows
 * its own place.
 */
export function checkTasks(exported: unknown, known: readonly Task[], exportPlace: string): CheckedTasks {
  const list = (exported as { tasks?: unknown } | null | undefined)?.tasks
  if (!Array.isArray(list)) {
    return { problems: [`${exportPlace}: the default export must be { tasks: [defineTask({ … }), …] }`] }
  }
  const unknown = Object.keys(exported as object).filter((key) => key !== 'tasks')
  const problems = unknown.map((key) => `${exportPlace}: the default export has "${key}", which is not known`)
  const tasks: Task[] = []
  for (const [index, task] of (list as unknown[]).entries()) {
    const place = (typeof task === 'object' && task !== null && placeOfTask(task)) || exportPlace
    const wrong = problemsOfTask(task, [...known, ...tasks])
    problems.push(...wrong.map((problem) => `${place}: task ${nameOf(task, index)}: ${problem}`))
    if (wrong.length === 0) tasks.push(toTask(task as CodeTask))
  }
  return problems.length > 0 ? { problems } : { tasks }
}

function nameOf(task: unknown, index: number): string {
  const type = (task as { type?: unknown } | null)?.type
  return typeof type === 'string' ? `"${type}"` : `number ${index + 1}`
}

function problemsOfTask(task: unknown, others: readonly Task[]): string[] {
  if (typeof task !== 'object' || task === null) return ['is no object']
  const { type, path, summary, usesModel, input, result, run } = task as Partial<Record<keyof CodeTask, unknown>>
  return [
    ...problemsOfType(type, others),
    ...problemsOfPath(path, others),
    ...(summary === undefined || typeof summary === 'string' ? [] : ['"summary" must be a string']),
    ...(usesModel === undefined || typeof usesModel === 'boolean' ? [] : ['"usesModel" must be true or false']),
    ...problemsOfSchema('input', input),
    ...problemsOfSchema('result', result),
    ...(typeof run === 'function' ? [] : ['"run" must be a function']),
  ]
}

function problemsOfType(type: unknown, others: readonly Task[]): string[] {
  if (typeof type !== 'string' || type.length > NAME_LENGTH_MAX || !TYPE.test(type)) {
    return [`"type" must be lower-case words joined by "_", at most ${NAME_LENGTH_MAX} characters`]
  }
  if (type.startsWith('custom_')) return ['"type" begins with "custom_", as the types of workflows do']
  return others.some((other) => other.type === type) ? [`there is a task of the type "${type}" already`] : []
}

function problemsOfPath(path: unknown, others: readonly Task[]): string[] {
  if (typeof path !== 'string' || path.length > NAME_LENGTH_MAX || !PATH.test(path)) {
    return [`"path" must have two parts of lower-case words, such as "/text/count_words"`]
  }
  const [, group = ''] = path.split('/')
  if (RESERVED_PATHS.has(group)) return [`"path" begins with "/${group}", where the server has routes of its own`]
  return others.some((other) => other.path === path) ? [`there is a task with the path "${path}" already`] : []
}

function problemsOfSchema(name: 'input' | 'result', schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null || !('_zod' in schema)) return [`"${name}" must be a zod 4 schema`]
  try {
    z.toJSONSchema(schema as z.ZodType, { io: 'input' })
    z.toJSONSchema(schema as z.ZodType, { io: 'output' })
    return []
  } catch (error) {
    return [`"${name}" has something that JSON cannot carry as it is: ${messageOf(error)}`]
  }
}

function toTask(task: CodeTask): Task {
  const { type, path, summary = `Runs ${type}.`, usesModel = false, input, result } = task
  return {
    type,
    path,
    summary,
    kind: 'code',
    usesModel,
    input,
    result,
    // `run-task.ts` gives every task's context the job, which only the type of code tasks names.
    run: task.run.bind(task) as unknown as Task['run'],
  }
}
