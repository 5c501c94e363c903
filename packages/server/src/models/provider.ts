import type { wrapLanguageModel } from 'ai'
import type { ModelConfig } from '../config.ts'
import { assertNever } from '../lib/errors.ts'
import { TaskError } from '../tasks/task.ts'
import { extractJson } from './json-text.ts'

/** A model object of the AI SDK. Never its bare string form: that one is sent to a hosted gateway of its makers. */
export type SdkModel = Parameters<typeof wrapLanguageModel>[0]['model']

export interface ProviderModels {
  /** Sends the JSON Schema of the answer with the request. */
  readonly withSchema: SdkModel
  /** Asks only for "some JSON object", for `compatible` servers that refuse a schema; null for the others. */
  readonly withoutSchema: SdkModel | null
}

/**
 * The configured model. The SDK is loaded here, on first use, and only the part of this provider: `ai` takes 155 to 340 ms
 * alone and each provider 105 to 165 ms alone, of which they share most; `ai`, one provider and undici together 170 to
 * 265 ms and 25 MB (Node 26, 2 busy cores). A start that is to be ready within a second must not pay for it.
 * @throws TaskError `model.not_configured` when its address or its key is missing
 */
export async function openModels(config: ModelConfig, fetch: typeof globalThis.fetch): Promise<ProviderModels> {
  const { wrapLanguageModel, extractJsonMiddleware } = await import('ai')
  const middleware = extractJsonMiddleware({ transform: extractJson })
  const { withSchema, withoutSchema } = await openBareModels(config, fetch)
  return {
    withSchema: wrapLanguageModel({ model: withSchema, middleware }),
    withoutSchema: withoutSchema && wrapLanguageModel({ model: withoutSchema, middleware }),
  }
}

async function openBareModels(config: ModelConfig, fetch: typeof globalThis.fetch): Promise<ProviderModels> {
  switch (config.provider) {
    case 'openai': {
      const { createOpenAI } = await import('@ai-sdk/openai')
      return { withSchema: createOpenAI(settingsOf(config, fetch))(config.modelId), withoutSchema: null }
    }
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic')
      return { withSchema: createAnthropic(settingsOf(config, fetch))(config.modelId), withoutSchema: null }
    }
    case 'google': {
      const { createGoogle } = await import('@ai-sdk/google')
      return { withSchema: createGoogle(settingsOf(config, fetch))(config.modelId), withoutSchema: null }
    }
    case 'compatible': {
      const { baseUrl, apiKey } = config
      if (baseUrl === null) throw missing('address', 'RINGBACK_MODEL_BASE_URL')
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
      const open = (supportsStructuredOutputs: boolean) =>
        createOpenAICompatible({
          name: 'compatible',
          baseURL: baseUrl,
          fetch,
          // Without the flag the schema reaches neither the request nor the prompt.
          supportsStructuredOutputs,
          ...(apiKey === null ? {} : { apiKey }),
        })(config.modelId)
      return { withSchema: open(true), withoutSchema: open(false) }
    }
    default:
      return assertNever(config.provider)
  }
}

/** Settings of the named providers. A key that is undefined would make the SDK look into the environment. */
function settingsOf({ apiKey, baseUrl }: ModelConfig, fetch: typeof globalThis.fetch) {
  if (apiKey === null) throw missing('key', 'RINGBACK_MODEL_API_KEY')
  return { apiKey, fetch, ...(baseUrl === null ? {} : { baseURL: baseUrl }) }
}

function missing(what: string, setting: string): TaskError {
  return new TaskError('model.not_configured', `The model of this server has no ${what}: set ${setting}.`)
}

/**
 * Most bytes of an answer that are read, unpacked. The longest answers of models have one megabyte; a broken proxy can go on as
 * long as it is listened to, and an answer is in memory as a whole.
 */
const ANSWER_BYTES_MAX = 32 * 1024 * 1024

/**
 * A fetch that waits as long as its signal lets it. Node's own gives up after five minutes without a header, which a
 * large model on a small machine can need; how long a job may take is for the runner to say. An answer of more than
 * {@link ANSWER_BYTES_MAX} breaks off.
 */
export async function createPatientFetch(): Promise<{ fetch: typeof globalThis.fetch; close: () => Promise<void> }> {
  const { Agent, fetch } = await import('undici')
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 })
  const patient: typeof fetch = (url, init) => fetch(url, { ...init, dispatcher })
  // undici's types and the global's are two declarations of one thing.
  const untyped = patient as unknown as typeof globalThis.fetch
  return {
    fetch: async (url, init) => withinLimit(await untyped(url, init)),
    close: () => dispatcher.destroy(),
  }
}

function withinLimit(response: Response): Response {
  if (!response.body) return response
  let size = 0
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      size += piece.length
      if (size > ANSWER_BYTES_MAX) controller.error(new Error(`the answer has more than ${ANSWER_BYTES_MAX} bytes`))
      else controller.enqueue(piece)
    },
  })
  const { status, statusText, headers } = response
  return new Response(response.body.pipeThrough(limit), { status, statusText, headers })
}
