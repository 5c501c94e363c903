import type { z } from 'zod'
import type { TaskContext } from '../task.ts'
import { placeOfCaller } from './source-place.ts'

/** What a task of a `ringback.config.ts` gets beside its input. */
export interface CodeTaskContext extends TaskContext {
  /** The job it runs for. Its id is the same each time the job runs. */
  readonly job: { readonly id: string; readonly accountId: string; readonly type: string }
}

/** A job type that is written in code, in a `ringback.config.ts`. */
export interface CodeTask<Input extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> {
  /** Job type: lower-case words joined by `_`. */
  readonly type: string
  /** Below `/api/v1`: two parts of lower-case words, such as `/text/count_words`. */
  readonly path: `/${string}/${string}`
  /** One sentence for the API's documentation. */
  readonly summary?: string
  /**
   * True: `run` asks the model (`model.generate`). Its jobs then wait for the provider like all that need it, within the
   * provider's cap, and are held back while it limits or fails. False when left out: `model.generate` is an error.
   */
  readonly usesModel?: boolean
  /** What a request's JSON body must be. It may not convert values, because the job keeps them as JSON. */
  readonly input: Input
  /** What `run` must give. */
  readonly result: Result
  /**
   * Runs a job in the server's own process; what takes the processor for long holds up everything else. Jobs can run more
   * than once. A TaskError ends the job with its code and message, or runs it again; of any other error the job's owner is
   * told only that there was one.
   */
  run(input: z.output<Input>, context: CodeTaskContext): z.input<Result> | Promise<z.input<Result>>
}

/** Where tasks were defined, for errors about them. */
const places = new WeakMap<object, string>()

/** Checks a task's types where it is written, and remembers where that is; gives it back unchanged. */
export function defineTask<Input extends z.ZodType, Result extends z.ZodType>(
  task: CodeTask<Input, Result>,
): CodeTask<Input, Result> {
  const place = placeOfCaller(new Error(), import.meta.url)
  if (place !== null && typeof task === 'object' && task !== null) places.set(task, place)
  return task
}

/** `<file>:<line>` of the `defineTask` that made it; null when none did. */
export function placeOfTask(task: object): string | null {
  return places.get(task) ?? null
}
