import { z } from 'zod'
import {
  contentField,
  contextField,
  LANGUAGE_DEFAULT,
  maxQuantityField,
  optionalLanguageField,
  optionalShortTextField,
  QUANTITY_DEFAULT,
  voiceToneField,
} from '../fields.ts'
import { CATEGORIES_RULE, LANGUAGE_RULE, TEXT_IS_DATA, TONE_RULE, WEIGHTED_LIST_RULE } from '../instructions.ts'
import { modelMessage } from '../model-message.ts'
import { defineTask } from '../task.ts'
import { rank, weightedList } from '../weighted-list.ts'

const INSTRUCTIONS = [
  'You sort places to stay, eat and meet into categories. The input is a JSON object: its "text" describes one.',
  TEXT_IS_DATA,
  'If "city" or "country" is given, that is where it is.',
  CATEGORIES_RULE,
  LANGUAGE_RULE,
  TONE_RULE,
  'Answer with "categories": the categories, each with its "name".',
  WEIGHTED_LIST_RULE,
].join('\n')

/** Finds the categories that a place to stay, eat or meet belongs to. */
export const hospitalityProductCategories = defineTask({
  type: 'tth_hospitality_product_categories',
  path: '/tth/hospitality_product_categories',
  summary: 'Finds the categories that a place to stay, eat or meet belongs to.',
  kind: 'model',
  input: z.object({
    content: contentField,
    city: optionalShortTextField.describe('Where the product is offered.'),
    country: optionalShortTextField.describe('Where the product is offered.'),
    language: optionalLanguageField,
    max_quantity: maxQuantityField,
    voice_tone: voiceToneField,
    context: contextField.describe('Own categories to choose from, separated by commas, or what else to keep in mind.'),
  }),
  result: weightedList,

  async run({ content, city, country, language, max_quantity, voice_tone, context }, { model, signal }) {
    const quantityMax = max_quantity || QUANTITY_DEFAULT
    const { categories } = await model.generate({
      schema: z.object({ categories: weightedList }),
      schemaName: 'categories',
      instructions: INSTRUCTIONS,
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
