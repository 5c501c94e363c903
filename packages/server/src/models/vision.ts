import type { ModelConfig, ModelVision } from '../config.ts'

/** Models of the named providers that cannot see; all others of theirs can. */
const BLIND = {
  openai: /^(?:gpt-3\.5|gpt-4(?:-0613|-0314|-32k.*|-1106-preview|-0125-preview)?$|o1-mini|o1-preview|o3-mini|gpt-oss)/i,
  anthropic: /^claude-(?:2|instant)/i,
  google: /^(?:gemini-1\.0|gemini-pro$|text-|gemma-?[12])/i,
} as const

/**
 * Names of open models that can see, as Ollama, vLLM and LM Studio call them. A model that is not in the list may see
 * all the same; the setting says so then.
 */
const SEEING =
  /llava|bakllava|vision|[-.\d]vl\b|(?:^|[-/.:\d])vl(?:$|[-.:\d])|pixtral|moondream|minicpm-[vo]|gemma-?3n?|internvl|molmo|idefics|paligemma|phi-?[34](?:\.\d)?-(?:vision|multimodal)|llama-?4|mistral-small-?3\.[1-9]|ministral-3|qwen-?3\.[5-9]|gpt-(?:4o|4\.1|[5-9])|claude|gemini/i

/** Whether the model can be shown pictures: what the setting says, or what its name says. */
export function canSee({ provider, modelId }: Pick<ModelConfig, 'provider' | 'modelId'>, vision: ModelVision): boolean {
  if (vision !== 'auto') return vision === 'on'
  return provider === 'compatible' ? SEEING.test(modelId) : !BLIND[provider].test(modelId)
}

/** Whether a PDF can be sent as it is. Servers of open models take pictures only. */
export function takesPdf({ provider }: Pick<ModelConfig, 'provider'>): boolean {
  return provider !== 'compatible'
}
