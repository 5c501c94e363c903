import { z } from 'zod'
import { categoryFields, defineCategoriesTask } from '../categories.ts'
import { contentField, optionalShortTextField } from '../fields.ts'

/** Finds the categories that a place to stay, eat or meet belongs to. */
export const hospitalityProductCategories = defineCategoriesTask({
  type: 'tth_hospitality_product_categories',
  path: '/tth/hospitality_product_categories',
  summary: 'Finds the categories that a place to stay, eat or meet belongs to.',
  input: z.object({
    content: contentField,
    city: optionalShortTextField.describe('Where the product is offered.'),
    country: optionalShortTextField.describe('Where the product is offered.'),
    ...categoryFields,
  }),
  instruction:
    'You sort places to stay, eat and meet into categories. The input is a JSON object: its "text" describes one.',
  hint: 'If "city" or "country" is given, that is where it is.',
})
