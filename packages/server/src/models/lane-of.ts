import { createHash } from 'node:crypto'
import type { ModelConfig } from '../config.ts'

/** Enough of a hash to tell a handful of keys apart, and too little to find one by. */
const FINGERPRINT_LENGTH = 6

/**
 * The lane of jobs that a model works on, such as `openai/gpt-5-mini 3f9a1c`: provider, model, and a fingerprint of where
 * it is and of the key. Providers limit by key and model, so a new key begins without the pauses of the old one.
 */
export function laneOf({ provider, modelId, baseUrl, apiKey }: ModelConfig): string {
  const fingerprint = createHash('sha256').update(`${baseUrl} ${apiKey}`).digest('hex').slice(0, FINGERPRINT_LENGTH)
  return `${provider}/${modelId} ${fingerprint}`
}
