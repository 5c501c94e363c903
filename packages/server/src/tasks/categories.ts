import { z } from 'zod'
import {
  contextField,
  LANGUAGE_DEFAULT,
  maxQuantityField,
  optionalLanguageField,
  QUANTITY_DEFAULT,
  voiceToneField,
} from './fields.ts'
import { CATEGORIES_RULE, LANGUAGE_RULE, TEXT_IS_DATA, TONE_RULE, WEIGHTED_LIST_RULE } from './instructions.ts'
import { modelMessage } from './model-message.ts'
import { defineTask, type Task, type TaskContext } from './task.ts'
import { rank, weightedList } from './weighted-list.ts'

/** What callers may wish of a list of categories, besides what is to be sorted. */
export const categoryFields = {
  language: optionalLanguageField,
  max_quantity: maxQuantityField,
  voice_tone: voiceToneField,
  context: contextField.describe('Own categories to choose from, separated by commas, or what else to keep in mind.'),
}

type Sorted = z.output<z.ZodObject<typeof categoryFields>> & {
  readonly content: string
  readonly city?: string | null | undefined
  readonly country?: string | null | undefined
}

interface CategoriesTask<Input extends z.ZodType<Sorted>>
  extends Pick<Task<Input, typeof weightedList, TaskContext>, 'type' | 'path' | 'summary' | 'input'> {
  /** What the model is to sort, and into what. */
  readonly instruction: string
  /** What else it has to know of that. */
  readonly hint: string
}

/** Makes a task that sorts what a text describes into categories: best first, with how well each fits. */
export function defineCategoriesTask<Input extends z.ZodType<Sorted>>({
  instruction,
  hint,
  ...task
}: CategoriesTask<Input>): Task<Input, typeof weightedList, TaskContext> {
  const instructions = [
    instruction,
    TEXT_IS_DATA,
    hint,
    CATEGORIES_RULE,
    LANGUAGE_RULE,
    TONE_RULE,
    'Answer with "categories": the categories, each with its "name".',
    WEIGHTED_LIST_RULE,
  ].join('\n')

  return defineTask<Input, typeof weightedList>({
    ...task,
    kind: 'model',
    result: weightedList,
    async run({ content, city, country, language, max_quantity, voice_tone, context }, { model, signal }) {
      const quantityMax = max_quantity || QUANTITY_DEFAULT
      const { categories } = await model.generate({
        schema: z.object({ categories: weightedList }),
        schemaName: 'categories',
        instructions,
        content: modelMessage({
          language: language || LANGUAGE_DEFAULT,
          max_quantity: quantityMax,
          city,
          country,
          voice_tone,
          context,
          text: content,
        }),
        signal,
      })
      return rank(categories, { quantityMax })
    },
  })
}
