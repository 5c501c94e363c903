import { expect, test } from 'vitest'
import { canSee } from './vision.ts'

const sees = (name: string, vision: 'auto' | 'on' | 'off' = 'auto') => {
  const [provider = '', ...rest] = name.split('/')
  return canSee({ provider: provider as 'openai', modelId: rest.join('/') }, vision)
}

test.each([
  'openai/gpt-5-mini',
  'openai/gpt-4o',
  'openai/gpt-4.1-nano',
  'openai/o3',
  'anthropic/claude-sonnet-5',
  'google/gemini-3-pro',
  'compatible/llama3.2-vision:11b',
  'compatible/qwen2.5vl:7b',
  'compatible/Qwen/Qwen3-VL-8B-Instruct',
  'compatible/llava:13b',
  'compatible/gemma3:12b',
  'compatible/mistralai/Pixtral-12B-2409',
])('%s can see', (name) => {
  expect(sees(name)).toBe(true)
  expect(sees(name, 'off')).toBe(false)
})

test.each([
  'openai/gpt-3.5-turbo',
  'openai/gpt-4',
  'openai/o3-mini',
  'anthropic/claude-2.1',
  'compatible/llama3.2',
  'compatible/qwen3:8b',
  'compatible/deepseek-r1',
  'compatible/mistral-nemo',
])('%s cannot see unless the setting says so', (name) => {
  expect(sees(name)).toBe(false)
  expect(sees(name, 'on')).toBe(true)
})
