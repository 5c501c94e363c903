import { z } from 'zod'
import { visibleText } from './answers.ts'

/** Names with how well each fits. */
export const weightedList = z.array(
  z.object({
    name: visibleText.describe('The name.'),
    weight: z.number().min(1).max(10).describe('How well it fits, from 1.0 to 10.0.'),
  }),
)

export type WeightedItem = z.output<typeof weightedList>[number]

/**
 * The list as callers get it: best first, each name once whatever its case, weights with one decimal, at most so many.
 * @param options.without a name that is no answer: the one that was asked about
 */
export function rank(
  items: readonly WeightedItem[],
  options: { readonly quantityMax: number; readonly without?: string },
): WeightedItem[] {
  const seen = new Set(options.without === undefined ? [] : [keyOf(options.without)])
  const ranked: WeightedItem[] = []
  for (const { name, weight } of items.toSorted((a, b) => b.weight - a.weight)) {
    if (seen.has(keyOf(name))) continue
    seen.add(keyOf(name))
    ranked.push({ name: name.trim(), weight: Math.round(weight * 10) / 10 })
  }
  return ranked.slice(0, options.quantityMax)
}

function keyOf(name: string): string {
  return name.trim().toLowerCase()
}
