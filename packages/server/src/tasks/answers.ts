import { z } from 'zod'

/*
 * Pieces of what models answer and jobs have as result. All of it can be said in the JSON Schema that every provider
 * takes for structured output: every property required, no length limits on strings and lists, no formats. What the
 * schema cannot say (not blank, occurs in the text) is checked when the answer is here, and asked again.
 */

/** A string that must not be blank. */
export const visibleText = z.string().refine((text) => text.trim() !== '', 'must not be blank')

/** A whole number from 0 to 100. */
export const percentage = z.int().min(0).max(100)

/** What a review says, and how sure that is. The same for reviews of products and of travel. */
export const sentiment = z.object({
  score: percentage.describe('How sure the opinion is, in percent.'),
  opinion: z.enum(['POSITIVE', 'NEGATIVE', 'NEUTRAL']).describe('What the review says on the whole.'),
})
