import type { ModelPrice } from '../config.ts'

/** Prices of any number of models; of one model, the latest that holds already counts. */
export type PriceTable = readonly ModelPrice[]

/** The version of a model that providers put behind its name in answers: `-2025-08-07`, `-20250929`, `-001`. */
const VERSION_SUFFIX = /-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{3})$/

/**
 * The price of a call at a moment: of the model that answered, else of its name without the version, else of the model
 * that was asked for. Null when none is known.
 */
export function priceOf(
  table: PriceTable,
  asked: { readonly provider: string; readonly modelId: string },
  answeredModel: string | null,
  now: number,
): ModelPrice | null {
  const names = answeredModel === null ? [] : [answeredModel, answeredModel.replace(VERSION_SUFFIX, '')]
  for (const name of [...names, asked.modelId, asked.modelId.replace(VERSION_SUFFIX, '')]) {
    const price = latest(table, `${asked.provider}/${name}`, now)
    if (price) return price
  }
  return null
}

function latest(table: PriceTable, model: string, now: number): ModelPrice | null {
  let found: ModelPrice | null = null
  for (const price of table) {
    if (price.model !== model || Date.parse(price.from) > now) continue
    // Of the same day, the later line counts.
    if (!found || price.from >= found.from) found = price
  }
  return found
}

/**
 * The cost of a call in whole millionths of a US dollar, rounded up; a dollar for a million tokens is just one of them
 * for each token. Null when price or tokens are not known.
 */
export function costMicroUsd(
  price: ModelPrice | null,
  tokens: {
    readonly inputTokens: number | null
    readonly outputTokens: number | null
    readonly cachedTokens: number | null
  },
): number | null {
  if (price === null || tokens.inputTokens === null || tokens.outputTokens === null) return null
  const cached = Math.min(tokens.cachedTokens ?? 0, tokens.inputTokens)
  const cost =
    (tokens.inputTokens - cached) * price.input +
    cached * (price.cachedInput ?? price.input) +
    tokens.outputTokens * price.output
  // Prices like 0.1 have no exact binary form: what is left of a billionth is no reason to round up.
  return Math.ceil(cost - 1e-6)
}
