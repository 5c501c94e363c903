import { ERRORS, type ErrorCode } from '@ringback/contract/errors'

/** One field that is wrong: where it is (`content`, `header Job-Webhook`) and what is wrong with it. */
export interface FieldProblem {
  readonly field: string
  readonly message: string
}

export interface AppErrorOptions {
  /** For the caller: what is wrong here and what would make it right. The catalogue's title when left out. */
  readonly detail?: string
  /** The fields that are wrong, for 422 answers. */
  readonly fields?: readonly FieldProblem[]
  /** For the log only: never leaves the process. */
  readonly log?: Readonly<Record<string, unknown>>
  /** For the log only: what was caught. */
  readonly cause?: unknown
  /** Whole seconds to wait before the next try; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number
}

/**
 * An error made for a caller. It is the only kind of error whose text reaches one: everything else becomes
 * `server.internal` with a request id. Two texts: `detail` and `fields` are for the caller, `log` and `cause` are not.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly detail: string
  readonly fields: readonly FieldProblem[]
  readonly log: Readonly<Record<string, unknown>>
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    const detail = options.detail ?? ERRORS[code].title
    super(detail, { cause: options.cause })
    this.code = code
    this.detail = detail
    this.fields = options.fields ?? []
    this.log = options.log ?? {}
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  get status(): number {
    return ERRORS[this.code].status
  }
}

/** Exit codes of the process, after sysexits.h where it has one, so that supervisors can tell them apart. */
export const EXIT_CODES = {
  ok: 0,
  /** A bug or an unexpected end. */
  unexpected: 1,
  /** Wrong command or arguments (EX_USAGE). */
  usage: 64,
  /** The database or the port is not available (EX_UNAVAILABLE). */
  unavailable: 69,
  /** The database was written by a newer Ringback; this one must not touch it. */
  newerDatabase: 75,
  /** The database lacks steps of this version, and the command is none that takes them: `serve` and `migrate` do. */
  olderDatabase: 76,
  /** A setting is wrong or missing (EX_CONFIG). */
  config: 78,
} as const

/**
 * Stops the start with readable lines instead of a stack: one problem a line, all of them at once.
 */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly exitCode: number
  readonly problems: readonly string[]

  constructor(exitCode: number, problems: readonly string[], cause?: unknown) {
    super(problems.join('\n'), { cause })
    this.exitCode = exitCode
    this.problems = problems
  }
}

/** A command that has started well cannot do what it was asked to; told like a start that cannot be. */
export class CommandError extends StartError {}

/** Ends a `switch` over a closed set: a new member does not compile, and an impossible value says what it was. */
export function assertNever(value: never): never {
  throw new Error(`impossible value: ${JSON.stringify(value)}`)
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
