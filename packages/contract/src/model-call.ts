/** One request to a model, as far as is known. */
export interface ModelCall {
  readonly provider: string
  /** As it was asked for. */
  readonly model: string
  /** As the answer names it; null when there was no answer, or it does not say. */
  readonly answeredModel: string | null
  /** Null when it is not known: the provider did not answer, or does not count. */
  readonly inputTokens: number | null
  /** Includes those of reasoning. */
  readonly outputTokens: number | null
  /** Of the input tokens, those that were read from the provider's cache. */
  readonly cachedTokens: number | null
  /** Of the output tokens, those that nobody gets to see. */
  readonly reasoningTokens: number | null
  /** From the request to the end of the answer. */
  readonly durationMs: number
  /** Why the model stopped, in the AI SDK's words; null without an answer. */
  readonly finishReason: string | null
  /**
   * What went wrong, in a word: `http_<status>`, `unreachable`, `aborted`, `no_fit` (an answer that is not what was
   * asked for); null when the answer was used.
   */
  readonly failure: string | null
  /** Millionths of a US dollar; null when the price of the model, or what was used, is not known. */
  readonly costMicroUsd: number | null
}
