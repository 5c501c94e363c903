import { z } from 'zod'
import { categoryFields, defineCategoriesTask } from '../categories.ts'
import { contentField, optionalShortTextField } from '../fields.ts'

/** Finds the categories that a tour or an activity belongs to. */
export const tourProductCategories = defineCategoriesTask({
  type: 'tth_ta_product_categories',
  path: '/tth/ta_product_categories',
  summary: 'Finds the categories that a tour or an activity belongs to.',
  input: z.object({
    content: contentField,
    city: optionalShortTextField.describe('Where the product is offered.'),
    country: optionalShortTextField.describe('Where the product is offered.'),
    ...categoryFields,
  }),
  instruction:
    'You sort tours and activities for travellers into categories. The input is a JSON object: its "text" describes one.',
  hint: 'If "city" or "country" is given, that is where it is offered.',
})
