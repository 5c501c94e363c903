import { z } from 'zod'
import { categoryFields, defineCategoriesTask } from '../categories.ts'
import { contentField } from '../fields.ts'

/** Finds the shop categories that a product belongs to. */
export const productCategories = defineCategoriesTask({
  type: 'ecommerce_product_categories',
  path: '/ecommerce/product_categories',
  summary: 'Finds the shop categories that a product belongs to.',
  input: z.object({ content: contentField, ...categoryFields }),
  instruction: 'You sort products into shop categories. The input is a JSON object: its "text" describes a product.',
  hint: 'Name categories that shops have: from the kind of the product itself to the wider ones.',
})
