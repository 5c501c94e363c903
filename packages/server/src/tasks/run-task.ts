import type { ModelCall } from '@ringback/contract'
import { type Clock, systemClock } from '../lib/clock.ts'
import { createDocumentReader, type DocumentSource } from './documents/document-reader.ts'
import { executeTask } from './execute-task.ts'
import { createOfflinePool, type OfflinePoolOptions } from './offline-pool.ts'
import type { OfflineRequest } from './offline-worker.ts'
import type { TaskRegistry } from './registry.ts'
import { asksModel, type Task, TaskError, type TaskModel } from './task.ts'

/**
 * Longest input text of an offline job, in UTF-16 code units of its JSON, that runs on the event loop. Measured (Node 26,
 * 2 busy cores) per 1,000 characters: detect_phones 0.7 to 1 ms on a text full of numbers, 6 to 8 ms on the worst texts
 * found (`+48 6+48 6…`), nothing on prose; detect_emails and detect_urls 0.2 ms, 1.3 ms at worst. So this is where
 * ordinary input can begin to cost 2 ms. A warm thread adds 0.2 ms to a job, a cold one 190 to 260 ms.
 */
export const INLINE_INPUT_LENGTH_MAX = 2_048

/** Where a job ran: on the event loop, in a worker thread, or at the model provider. */
export type TaskPlace = 'inline' | 'thread' | 'model'

export interface TaskRunnerOptions extends OfflinePoolOptions {
  readonly registry: TaskRegistry
  readonly model: TaskModel
  /** Finds the tasks of types that the registry does not know; without it, there are none. */
  readonly findTask?: FindTask
  /** Where the documents of jobs are; without one, every document is gone. */
  readonly documents?: DocumentSource
  readonly clock?: Clock
  /** Told where each job runs, before it does: for metrics. */
  readonly onRun?: (run: { readonly type: string; readonly place: TaskPlace }) => void
}

/** What a task needs to know of the job it runs for. */
export interface TaskJob {
  readonly id: string
  readonly accountId: string
  readonly type: string
  /** JSON text. */
  readonly input: string
}

/** A task that is made for one job, and what it gets of the job's input: the workflows of accounts. */
export interface TaskOfJob {
  readonly task: Task
  /** JSON text. */
  readonly input: string
}

/**
 * Gives null for a type that is no workflow's.
 * @throws TaskError what the job's owner is told
 */
export type FindTask = (job: TaskJob) => Promise<TaskOfJob | null>

export interface RunContext {
  readonly signal: AbortSignal
  /** Told of every request to a model that the run makes. */
  readonly onCall?: (call: ModelCall) => void
}

/** Runs jobs' tasks. Knows nothing of their lives: no attempts, no leases, no store. */
export interface TaskRunner {
  /**
   * Runs the task of a job's type on its input and gives the result value.
   * @throws TaskError what the job's owner is told; the signal's reason when it aborted; any other error is the task's
   *   own and not for callers' eyes
   */
  run(job: TaskJob, context: RunContext): Promise<unknown>
  /** Loads what offline tasks load on first use (95 to 150 ms of work): call it after the server is ready. */
  warmUp(): Promise<void>
  /** Ends the worker threads. Jobs that still run in them reject. */
  close(): Promise<void>
}

export function createTaskRunner(options: TaskRunnerOptions): TaskRunner {
  const { registry, model, onRun } = options
  const pool = createOfflinePool<OfflineRequest>(options)
  const source = options.documents ?? { readDocumentChunk: () => Promise.resolve(null) }
  const reader = createDocumentReader({ source, clock: options.clock ?? systemClock })

  function modelOf(task: Task, onCall: RunContext['onCall']): TaskModel {
    if (!asksModel(task)) return noModelFor(task)
    return onCall ? metered(model, onCall) : model
  }

  return {
    async run(job, { signal, onCall }) {
      signal.throwIfAborted()
      const { id, accountId, type } = job
      const known = registry.byType(type)
      const found = known ? { task: known, input: job.input } : await options.findTask?.(job)
      if (!found) throw new TaskError('job.unknown_type', `This server has no task "${type}".`)
      const { task, input: inputText } = found
      if (task.kind === 'offline' && inputText.length > INLINE_INPUT_LENGTH_MAX) {
        onRun?.({ type, place: 'thread' })
        return await pool.run(accountId, { type, inputText }, signal)
      }
      onRun?.({ type, place: asksModel(task) ? 'model' : 'inline' })
      const documents = reader.open(accountId, signal)
      try {
        const context = { signal, model: modelOf(task, onCall), documents, job: { id, accountId, type } }
        return await executeTask(task, inputText, context)
      } finally {
        documents.close()
      }
    },

    async warmUp() {
      const signal = new AbortController().signal
      for (const task of registry.all) {
        const input = task.kind === 'offline' ? task.input.safeParse({ content: WARM_UP_CONTENT }) : null
        const documents = reader.open('', signal)
        if (input?.success) await task.run(input.data, { signal, model, documents })
      }
    },

    async close() {
      await Promise.all([pool.close(), reader.close()])
    },
  }
}

/** The model of one run: what it is asked is told to that run, without the task having to pass anything on. */
function metered(model: TaskModel, onCall: (call: ModelCall) => void): TaskModel {
  return { ...model, generate: (request) => model.generate({ ...request, onCall }) }
}

/**
 * What a task gets that does not say that it asks the model. Its jobs wait with those that need none: they would be over
 * the cap of the provider, and its limits would hold back jobs that have nothing to do with it.
 */
function noModelFor({ type }: Task): TaskModel {
  const problem = `the task "${type}" asks the model and does not say so: set "usesModel: true" in its defineTask`
  return { generate: () => Promise.reject(new Error(problem)) }
}

/** Makes every offline task take its longest way once. */
const WARM_UP_CONTENT = 'Call +1 201 555 0123, write to someone@example.com or see https://example.com/.'
