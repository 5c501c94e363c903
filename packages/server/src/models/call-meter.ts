import type { ModelCall } from '@ringback/contract'
import { APICallError, type LanguageModelUsage, NoObjectGeneratedError } from 'ai'
import type { ModelPrice } from '../config.ts'
import type { Clock } from '../lib/clock.ts'
import { isNoModelAnswer } from './errors.ts'
import { costMicroUsd } from './prices.ts'

/** Measures the calls of one `generate`. */
export interface CallMeter {
  start(): CallInProgress
}

/** A call that has begun. The first of the two that is called ends it; what is told later is ignored. */
export interface CallInProgress {
  answered(result: Answer): void
  failed(error: unknown): void
}

/** The part of an answer of the AI SDK that is measured; its error for answers that do not fit has the same. */
interface Answer {
  readonly usage: LanguageModelUsage | undefined
  readonly response: { readonly modelId: string } | undefined
  readonly finishReason: string | undefined
}

/** Tells of each call when it ends. */
export function createCallMeter(options: {
  readonly config: { readonly provider: string; readonly modelId: string }
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly priceOf: (answeredModel: string | null) => ModelPrice | null
  readonly onCall: (call: ModelCall) => void
}): CallMeter {
  const { config, clock, signal, priceOf } = options
  return {
    start() {
      const startedMs = clock.monotonicMs()
      let ended = false

      function end(answer: Answer | null, failure: string | null) {
        if (ended) return
        ended = true
        const { usage } = answer ?? {}
        const tokens = {
          inputTokens: countOf(usage?.inputTokens),
          outputTokens: countOf(usage?.outputTokens),
          cachedTokens: countOf(usage?.inputTokenDetails?.cacheReadTokens),
          reasoningTokens: countOf(usage?.outputTokenDetails?.reasoningTokens),
        }
        const answeredModel = answer?.response?.modelId || null
        const isFree = failure?.startsWith('http_') ?? false
        options.onCall({
          provider: config.provider,
          model: config.modelId,
          answeredModel,
          ...tokens,
          durationMs: Math.round(clock.monotonicMs() - startedMs),
          finishReason: answer?.finishReason ?? null,
          failure,
          // A refusal costs nothing. What an answer costs that never arrived, nobody knows.
          costMicroUsd: isFree ? 0 : costMicroUsd(priceOf(answeredModel), tokens),
        })
      }

      return {
        answered: (result) => end(result, null),
        failed(error) {
          if (NoObjectGeneratedError.isInstance(error)) end(error, 'no_fit')
          else end(null, signal.aborted ? 'aborted' : failureOf(error))
        },
      }
    },
  }
}

/** More tokens than any call has. Those of a month are added up, and the sum must stay one that databases hold. */
const TOKENS_MAX = 1_000_000_000

/**
 * What a provider counted, if it is a count. Anything else is not known: no database takes parts of a token, and a job whose
 * end cannot be written never ends.
 */
function countOf(tokens: number | undefined): number | null {
  return Number.isInteger(tokens) && tokens !== undefined && tokens >= 0 && tokens <= TOKENS_MAX ? tokens : null
}

function failureOf(error: unknown): string {
  if (isNoModelAnswer(error)) return 'no_answer'
  if (!APICallError.isInstance(error)) return 'error'
  const { statusCode } = error
  if (statusCode === undefined) return 'unreachable'
  return statusCode >= 400 ? `http_${statusCode}` : 'no_answer'
}
