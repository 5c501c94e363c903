import { MODEL_PROVIDERS, type ModelConfig, type ModelProvider } from '../config.ts'
import { BadValue } from './setting.ts'

/** `<provider>/<model>` in its two parts. */
export interface ModelName {
  readonly provider: ModelProvider
  readonly modelId: string
}

/** Where each provider's own tools look for a key, so that one that is there already is found. */
const PROVIDER_KEY_NAMES = {
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  google: 'GOOGLE_GENERATIVE_AI_API_KEY',
} as const satisfies Partial<Record<ModelProvider, string>>

/** Parses `<provider>/<model>`; the model may contain slashes itself. */
export function modelName(text: string): ModelName {
  const slash = text.indexOf('/')
  const provider = MODEL_PROVIDERS.find((known) => known === text.slice(0, Math.max(slash, 0)))
  const modelId = text.slice(slash + 1).trim()
  if (!provider || modelId === '') throw new BadValue()
  return { provider, modelId }
}

/** Joins the three settings of a model; adds a line to `problems` for each companion that is missing or useless. */
export function modelConfig(
  name: ModelName | null,
  given: { readonly baseUrl: string | null; readonly apiKey: string | null },
  env: Readonly<Record<string, string | undefined>>,
  problems: string[],
): ModelConfig | null {
  if (!name) {
    for (const [setting, value] of [
      ['RINGBACK_MODEL_BASE_URL', given.baseUrl],
      ['RINGBACK_MODEL_API_KEY', given.apiKey],
    ] as const) {
      if (value !== null) problems.push(`${setting} is set but RINGBACK_MODEL is not: set RINGBACK_MODEL too`)
    }
    return null
  }
  if (name.provider === 'compatible') {
    if (given.baseUrl === null) {
      problems.push(
        `RINGBACK_MODEL=compatible/${name.modelId} needs RINGBACK_MODEL_BASE_URL, e.g. http://localhost:11434/v1`,
      )
    }
    return { ...name, ...given }
  }
  const keyName = PROVIDER_KEY_NAMES[name.provider]
  const apiKey = given.apiKey ?? (env[keyName]?.trim() || null)
  if (apiKey === null) {
    problems.push(
      `RINGBACK_MODEL=${name.provider}/${name.modelId} needs a key: set RINGBACK_MODEL_API_KEY or ${keyName}`,
    )
  }
  return { ...name, baseUrl: given.baseUrl, apiKey }
}
