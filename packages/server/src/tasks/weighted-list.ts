import { z } from 'zod'
import { visibleText } from './answers.ts'
import { eachOnce } from './each-once.ts'

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
  const without = options.without?.trim().toLowerCase()
  const named = items
    .map(({ name, weight }) => ({ name: name.trim(), weight: Math.round(weight * 10) / 10 }))
    .filter(({ name }) => name.toLowerCase() !== without)
    .toSorted((a, b) => b.weight - a.weight)
  return eachOnce(named, ({ name }) => name).slice(0, options.quantityMax)
}
