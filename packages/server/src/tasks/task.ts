import type { JobErrorCode, ModelCall } from '@ringback/contract'
import type { z } from 'zod'
import type { DocumentKind } from './documents/kinds.ts'
import type { Pictures, TaskDocuments } from './documents/task-documents.ts'

/** What a model task asks of the configured model; `models/` implements it on the AI SDK. */
export interface TaskModel {
  /**
   * Asks the model for a value of the schema. `instructions` are ours and never contain caller text; `content` is the
   * caller's and is only ever sent as fenced user content, and so are `pictures`, to a model that can see.
   * @throws TaskError `model.not_configured`, `model.unavailable` (retryable), `model.rejected`, `model.invalid_output`,
   *   `model.cannot_see`
   */
  generate<Schema extends z.ZodType>(request: {
    readonly schema: Schema
    readonly schemaName: string
    readonly instructions: string
    readonly content: string
    readonly pictures?: Pictures | null
    /**
     * Says what is doubtful about an answer that fits the schema; null when nothing is. The model is asked once more
     * with it, and what it answers then is taken. Never quotes: it is no place for text of the caller or the model.
     */
    readonly doubt?: (value: z.output<Schema>) => string | null
    readonly signal: AbortSignal
    /** Told of every request to the provider when it has ended, whatever came of it. Tasks leave it out. */
    readonly onCall?: (call: ModelCall) => void
  }): Promise<z.output<Schema>>
}

export interface TaskContext {
  /** Aborts when the job is cancelled, has run too long, or the process is about to end. */
  readonly signal: AbortSignal
  readonly model: TaskModel
}

/** What a task gets that takes files. */
export interface DocumentTaskContext extends TaskContext {
  readonly documents: TaskDocuments
}

/** A file that a task takes as a part of a multipart form. */
export interface TaskFile {
  /** Name of the part; the input has a {@link documentRef} under the same name. */
  readonly field: string
  readonly accepts: readonly DocumentKind[]
  readonly required: boolean
}

/** The definition of a job type. One file each, in the folder of its path. */
export interface Task<
  Input extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
  Context extends TaskContext = DocumentTaskContext,
> {
  /** Job type: what status answers and webhooks call it, such as `content_translate`. */
  readonly type: string
  /** Below `/api/v1`, beginning with a slash. */
  readonly path: `/${string}/${string}`
  /** One sentence for the API's documentation. */
  readonly summary: string
  /**
   * Offline tasks need no model and no network, and run in a worker thread when their input is long; `code` is what an
   * operator wrote in a `ringback.config.ts`, which the threads do not know.
   */
  readonly kind: 'offline' | 'model' | 'code'
  /** For `code`: whether it asks the model. */
  readonly usesModel?: boolean
  /** Unknown fields are ignored and explicit nulls are accepted for optional ones (wire facts, section 0 rule 9). */
  readonly input: Input
  /** Files it takes. With any, the request is a multipart form; without, JSON. */
  readonly files?: readonly TaskFile[]
  readonly result: Result
  run(input: z.output<Input>, context: Context): z.input<Result> | Promise<z.input<Result>>
}

/**
 * Whether jobs of a task ask the model: they wait with all others for its provider, within its cap, and what happens to
 * the provider happens to them. Only they get a model.
 */
export function asksModel({ kind, usesModel = false }: Pick<Task, 'kind' | 'usesModel'>): boolean {
  return kind === 'model' || usesModel
}

/** Checks a task's types where it is written; gives it back unchanged. */
export function defineTask<Input extends z.ZodType, Result extends z.ZodType>(
  task: Task<Input, Result, TaskContext>,
): Task<Input, Result, TaskContext> {
  return task
}

/** The same for a task that takes files. */
export function defineDocumentTask<Input extends z.ZodType, Result extends z.ZodType>(
  task: Task<Input, Result> & { readonly kind: 'model'; readonly files: readonly TaskFile[] },
): Task<Input, Result> {
  return task
}

/**
 * An end of a run that the job's owner is told about. Anything else a task throws becomes `job.task_failed` with a
 * fixed text, because it may contain what callers must not see.
 */
export class TaskError extends Error {
  override readonly name = 'TaskError'
  readonly code: JobErrorCode
  /** Whether the same job can succeed later: the runner reschedules it. */
  readonly retryable: boolean
  /** What the provider asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** The provider limits requests: it works, and the job may come back as often as it takes. */
  readonly limited: boolean

  constructor(
    code: JobErrorCode,
    message: string,
    options: { retryable?: boolean; retryAfterMs?: number; limited?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
    this.retryAfterMs = options.retryAfterMs
    this.limited = options.limited ?? false
  }
}
