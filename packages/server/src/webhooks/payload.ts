import { type FinalJobStatus, type JobError, RESULT_DEPTH_MAX, WEBHOOK_RESULT_BYTES_MAX } from '@ringback/contract'

/** Why a value cannot become a result. */
export type ResultProblem = 'no_value' | 'not_json' | 'too_deep'

/** A task gave a value that no receiver could be told. */
export class ResultNotSendableError extends Error {
  override readonly name = 'ResultNotSendableError'
  readonly code = 'ERR_RESULT_NOT_SENDABLE'
  readonly problem: ResultProblem

  constructor(problem: ResultProblem, message: string, cause?: unknown) {
    super(message, { cause })
    this.problem = problem
  }
}

/**
 * Writes a result as JSON text that parsing and writing again does not change: what `JSON.stringify` gives, taken
 * through `JSON.parse` once, so that everything after it (store, status answers, webhooks) agrees on one text.
 * @throws ResultNotSendableError for `undefined`, functions, BigInt, cycles, throwing getters, and more than
 *   `RESULT_DEPTH_MAX` levels
 */
export function serialiseResult(value: unknown): string {
  const text = stringify(value)
  if (text === undefined) throw new ResultNotSendableError('no_value', 'the result is not a value that JSON has')
  if (nestingOf(text) > RESULT_DEPTH_MAX) throw tooDeep()
  return JSON.stringify(JSON.parse(text))
}

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch (cause) {
    // Recursion ends like this long after the limit.
    if (cause instanceof RangeError) throw tooDeep(cause)
    throw new ResultNotSendableError('not_json', 'the result contains something that JSON cannot express', cause)
  }
}

function tooDeep(cause?: unknown): ResultNotSendableError {
  return new ResultNotSendableError('too_deep', `the result is nested deeper than ${RESULT_DEPTH_MAX} levels`, cause)
}

/**
 * Most brackets that are open at once in a JSON text; 0 for a single value. A loop over the characters, because neither
 * depth nor length may cost stack here.
 */
function nestingOf(json: string): number {
  let open = 0
  let most = 0
  let inString = false
  for (let index = 0; index < json.length; index++) {
    const character = json[index]
    if (inString) {
      if (character === '\\') index++
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '{' || character === '[') most = Math.max(most, ++open)
    else if (character === '}' || character === ']') open--
  }
  return most
}

export interface BodyInput {
  readonly id: string
  readonly status: FinalJobStatus
  readonly type: string
  /** Sent when `failed`. */
  readonly error: JobError | null
  /** As {@link serialiseResult} wrote it; null when `failed`. */
  readonly resultText: string | null
  /** Where the result can be fetched when it is too large to send. */
  readonly resultUrl: string
}

/** The two bodies a finished job can be told with. */
export interface WebhookBodies {
  readonly body: string
  /** For addresses with *include result*. */
  readonly bodyWithResult: string
}

/**
 * Builds the bodies of design 3.1, keys in the contract's order. Each is written by one `JSON.stringify`, never put
 * together from text: receivers that verify re-serialised JSON must get the same bytes back.
 */
export function buildBodies(input: BodyInput): WebhookBodies {
  const { id, status, type, error } = input
  const told =
    status === 'failed' && error !== null ? { id, status, type, error: pickError(error) } : { id, status, type }
  return { body: JSON.stringify(told), bodyWithResult: JSON.stringify({ ...told, ...resultPart(input) }) }
}

function pickError({ code, message }: JobError): JobError {
  return { code, message }
}

function resultPart({ status, resultText, resultUrl }: BodyInput): { result: unknown } | { result_url: string } {
  if (status === 'failed' || resultText === null) return { result: null }
  if (Buffer.byteLength(resultText) > WEBHOOK_RESULT_BYTES_MAX) return { result_url: resultUrl }
  return { result: JSON.parse(resultText) }
}
