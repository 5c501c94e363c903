import type { ModelConfig } from '../../src/config.ts'
import type { ModelServer } from './model-server.ts'
import type { Wire } from './model-wire.ts'

/** Every provider with a model of today, and the wire format that it is asked in. */
export const MODELS = [
  { provider: 'openai', modelId: 'gpt-5-mini', base: '/v1', wire: 'responses' },
  { provider: 'anthropic', modelId: 'claude-sonnet-5', base: '/v1', wire: 'messages' },
  { provider: 'google', modelId: 'gemini-3-flash', base: '/v1beta', wire: 'generate' },
  { provider: 'compatible', modelId: 'local/tiny:1b', base: '/v1', wire: 'chat' },
] as const satisfies readonly (Pick<ModelConfig, 'provider' | 'modelId'> & { base: string; wire: Wire })[]

/** The configuration of one of them at a server of the tests. */
export function modelConfigAt(server: ModelServer, model: (typeof MODELS)[number]): ModelConfig {
  const { provider, modelId, base } = model
  return { provider, modelId, baseUrl: `${server.origin}${base}`, apiKey: 'sk-test-0123456789' }
}
