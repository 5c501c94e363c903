import type { PriceTable } from './prices.ts'

/**
 * List prices of the providers for usual models, in US dollars for a million tokens, from the day on which the model came
 * out. They are here so that a new server shows about what it spends; contracts, tiers and changes since are a matter of
 * `RINGBACK_MODEL_PRICES`, whose lines come first. A model that is not here has no cost.
 */
export const LIST_PRICES: PriceTable = [
  { model: 'openai/gpt-5', from: '2025-08-07', input: 1.25, cachedInput: 0.125, output: 10 },
  { model: 'openai/gpt-5-mini', from: '2025-08-07', input: 0.25, cachedInput: 0.025, output: 2 },
  { model: 'openai/gpt-5-nano', from: '2025-08-07', input: 0.05, cachedInput: 0.005, output: 0.4 },
  { model: 'openai/gpt-4.1', from: '2025-04-14', input: 2, cachedInput: 0.5, output: 8 },
  { model: 'openai/gpt-4.1-mini', from: '2025-04-14', input: 0.4, cachedInput: 0.1, output: 1.6 },
  { model: 'openai/gpt-4.1-nano', from: '2025-04-14', input: 0.1, cachedInput: 0.025, output: 0.4 },
  { model: 'openai/gpt-4o', from: '2024-10-02', input: 2.5, cachedInput: 1.25, output: 10 },
  { model: 'openai/gpt-4o-mini', from: '2024-07-18', input: 0.15, cachedInput: 0.075, output: 0.6 },
  { model: 'anthropic/claude-opus-4-5', from: '2025-11-24', input: 5, cachedInput: 0.5, output: 25 },
  { model: 'anthropic/claude-sonnet-4-5', from: '2025-09-29', input: 3, cachedInput: 0.3, output: 15 },
  { model: 'anthropic/claude-haiku-4-5', from: '2025-10-15', input: 1, cachedInput: 0.1, output: 5 },
  { model: 'google/gemini-2.5-pro', from: '2025-06-17', input: 1.25, cachedInput: 0.125, output: 10 },
  { model: 'google/gemini-2.5-flash', from: '2025-06-17', input: 0.3, cachedInput: 0.03, output: 2.5 },
  { model: 'google/gemini-2.5-flash-lite', from: '2025-07-22', input: 0.1, cachedInput: 0.01, output: 0.4 },
]
