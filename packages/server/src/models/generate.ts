import {
  APICallError,
  generateText,
  type LanguageModelUsage,
  type ModelMessage,
  NoObjectGeneratedError,
  NoOutputGeneratedError,
  Output,
  type UserContent,
} from 'ai'
import type { z } from 'zod'
import type { Picture } from '../tasks/documents/task-documents.ts'
import { TaskError } from '../tasks/task.ts'
import { NO_OBJECT, problemOf } from './answer-problem.ts'
import type { CallMeter } from './call-meter.ts'
import { type Dialect, simplerDialect } from './dialect.ts'
import { contentFiltered } from './errors.ts'
import type { SdkModel } from './provider.ts'

/** Most of a wrong answer that is shown to the model again, in characters: enough to see what was wrong. */
const WRONG_ANSWER_LENGTH_MAX = 20_000

/** Tokens of all calls of one `generate`, as far as the provider counts them. */
export interface TokenUsage {
  readonly inputTokens: number
  readonly outputTokens: number
}

export interface GenerateRequest<Schema extends z.ZodType> {
  readonly modelFor: (dialect: Dialect) => SdkModel
  readonly dialect: Dialect
  readonly schema: Schema
  readonly schemaName: string
  readonly instructions: string
  readonly message: string
  /** See {@link TaskModel}: a reason to ask once more for what fits. */
  readonly doubt?: ((value: z.output<Schema>) => string | null) | undefined
  readonly pictures?: readonly Picture[]
  readonly signal: AbortSignal
  /** Measures every call, also those that fail. */
  readonly meter: CallMeter
}

export interface Generated<Value> {
  readonly value: Value
  readonly usage: TokenUsage
  /** How often the model was asked: 2 when its first answer did not fit or was in doubt. */
  readonly calls: number
  /** What the model takes, when it is less than was tried first. */
  readonly dialect: Dialect
}

/** One call's answer; `text` is what the model wrote. */
type Answer<Value> = { readonly text: string; readonly usage: TokenUsage; readonly dialect: Dialect } & (
  | { readonly fits: true; readonly value: Value }
  | { readonly fits: false; readonly problem: string }
)

/**
 * Asks the model for a value of the schema, and once more with what was wrong when its answer does not fit or is in
 * doubt. Retries nothing else: when to try again is the runner's to decide, who also knows about waits longer than a minute.
 * @throws TaskError `model.invalid_output` when the second answer does not fit either or the answer was cut,
 *   `model.rejected` from content filters; errors of the AI SDK as they are
 */
export async function generateOnce<Schema extends z.ZodType>(
  request: GenerateRequest<Schema>,
): Promise<Generated<z.output<Schema>>> {
  const question: ModelMessage = { role: 'user', content: contentOf(request) }
  const first = await ask(request, request.dialect, [question])
  const problem = first.fits ? (request.doubt?.(first.value) ?? null) : first.problem
  if (first.fits && problem === null) return { ...first, calls: 1 }
  const second = await ask(request, first.dialect, [
    question,
    { role: 'assistant', content: first.text.slice(0, WRONG_ANSWER_LENGTH_MAX) || '(nothing)' },
    {
      role: 'user',
      content: `This answer does not fit:\n${problem}\nAnswer again with one JSON object that fits, and nothing else.`,
    },
  ])
  const usage = {
    inputTokens: first.usage.inputTokens + second.usage.inputTokens,
    outputTokens: first.usage.outputTokens + second.usage.outputTokens,
  }
  if (second.fits) return { ...second, usage, calls: 2 }
  // A doubtful answer is still one that fits; the second try made it worse.
  if (first.fits) return { ...first, usage, dialect: second.dialect, calls: 2 }
  throw new TaskError('model.invalid_output', 'The model answered twice with something else than asked for.', {
    cause: new Error(`${second.problem} (${usage.inputTokens} tokens in, ${usage.outputTokens} out)`),
  })
}

/** Text alone goes as text: some servers of open models know no other form. */
function contentOf({ message, pictures = [] }: Pick<GenerateRequest<z.ZodType>, 'message' | 'pictures'>): UserContent {
  if (pictures.length === 0) return message
  const files = pictures.map(({ mediaType, bytes }) => ({ type: 'file' as const, mediaType, data: bytes }))
  return [{ type: 'text', text: message }, ...files]
}

async function ask<Schema extends z.ZodType>(
  request: GenerateRequest<Schema>,
  dialect: Dialect,
  messages: ModelMessage[],
): Promise<Answer<z.output<Schema>>> {
  const call = request.meter.start()
  try {
    const result = await generateText({
      model: request.modelFor(dialect),
      instructions: request.instructions,
      messages,
      output: Output.object({ schema: request.schema, name: request.schemaName }),
      maxRetries: 0,
      abortSignal: request.signal,
      telemetry: { isEnabled: false },
      // OpenAI keeps answers for 30 days unless told otherwise; the others ignore options that are not theirs.
      providerOptions: { openai: { store: false } },
      ...(dialect.temperature ? { temperature: 0 } : {}),
    })
    call.answered(result)
    refuseBadEnd(result.finishReason)
    const answer = { text: result.text, usage: tokensOf(result.usage), dialect }
    const value = outputOf<z.output<Schema>>(result)
    return value === null ? { fits: false, problem: NO_OBJECT, ...answer } : { fits: true, value, ...answer }
  } catch (error) {
    call.failed(error)
    if (NoObjectGeneratedError.isInstance(error)) {
      refuseBadEnd(error.finishReason)
      return { fits: false, problem: problemOf(error), text: error.text ?? '', usage: tokensOf(error.usage), dialect }
    }
    const simpler = APICallError.isInstance(error) ? simplerDialect(dialect, error) : null
    if (simpler) return await ask(request, simpler, messages)
    throw error
  }
}

/** The value that the model answered; null when it wrote nothing, such as the call of a tool that it was not given. */
function outputOf<Value>(result: { readonly output: unknown }): Value | null {
  try {
    return result.output as Value
  } catch (error) {
    if (NoOutputGeneratedError.isInstance(error)) return null
    throw error
  }
}

/** Ends that no second try makes better. */
function refuseBadEnd(finishReason: string | undefined): void {
  if (finishReason === 'content-filter') throw contentFiltered()
  if (finishReason === 'length') {
    throw new TaskError(
      'model.invalid_output',
      "The model's answer was cut at its length limit; send shorter content or ask for a shorter answer.",
    )
  }
}

function tokensOf(usage: LanguageModelUsage | undefined): TokenUsage {
  return { inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0 }
}
