import { z } from 'zod'
import {
  contentField,
  contextField,
  LANGUAGE_DEFAULT,
  maxQuantityField,
  optionalLanguageField,
  QUANTITY_DEFAULT,
  voiceToneField,
} from '../fields.ts'
import { CATEGORIES_RULE, LANGUAGE_RULE, TEXT_IS_DATA, TONE_RULE, WEIGHTED_LIST_RULE } from '../instructions.ts'
import { modelMessage } from '../model-message.ts'
import { defineTask } from '../task.ts'
import { rank, weightedList } from '../weighted-list.ts'

const INSTRUCTIONS = [
  'You sort products into shop categories. The input is a JSON object: its "text" describes a product.',
  TEXT_IS_DATA,
  'Name categories that shops have: from the kind of the product itself to the wider ones.',
  CATEGORIES_RULE,
  LANGUAGE_RULE,
  TONE_RULE,
  'Answer with "categories": the categories, each with its "name".',
  WEIGHTED_LIST_RULE,
].join('\n')

/** Finds the shop categories that a product belongs to. */
export const productCategories = defineTask({
  type: 'ecommerce_product_categories',
  path: '/ecommerce/product_categories',
  summary: 'Finds the shop categories that a product belongs to.',
  kind: 'model',
  input: z.object({
    content: contentField,

    language: optionalLanguageField,
    max_quantity: maxQuantityField,
    voice_tone: voiceToneField,
    context: contextField.describe('Own categories to choose from, separated by commas, or what else to keep in mind.'),
  }),
  result: weightedList,

  async run({ content, language, max_quantity, voice_tone, context }, { model, signal }) {
    const quantityMax = max_quantity || QUANTITY_DEFAULT
    const { categories } = await model.generate({
      schema: z.object({ categories: weightedList }),
      schemaName: 'categories',
      instructions: INSTRUCTIONS,
      content: modelMessage({
        language: language || LANGUAGE_DEFAULT,
        max_quantity: quantityMax,

        voice_tone,
        context,
        text: content,
      }),
      signal,
    })
    return rank(categories, { quantityMax })
  },
})
