import { z } from 'zod'
import { LANGUAGE_DEFAULT, maxQuantityField, optionalLanguageField, QUANTITY_DEFAULT } from '../fields.ts'
import { modelMessage } from '../model-message.ts'
import type { TaskContext } from '../task.ts'
import { rank, type WeightedItem, weightedList } from '../weighted-list.ts'

/** What callers may wish of a list of what is related. */
export const relatedFields = { language: optionalLanguageField, max_quantity: maxQuantityField }

type Related = z.output<z.ZodObject<typeof relatedFields>> & { readonly content: string }

/** Asks the model for the list `name`: what is related to the content and not the content itself, best first. */
export async function askRelated(
  { content, language, max_quantity }: Related,
  { name, instructions }: { readonly name: string; readonly instructions: string },
  { model, signal }: TaskContext,
): Promise<WeightedItem[]> {
  const quantityMax = max_quantity || QUANTITY_DEFAULT
  const answer = await model.generate({
    schema: z.object({ [name]: weightedList }),
    schemaName: name,
    instructions,
    content: modelMessage({ language: language || LANGUAGE_DEFAULT, max_quantity: quantityMax, text: content }),
    signal,
  })
  return rank(answer[name] ?? [], { quantityMax, without: content })
}
