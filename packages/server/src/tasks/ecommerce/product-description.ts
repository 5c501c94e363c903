import { z } from 'zod'
import { defineAnswerTask } from '../answer-task.ts'
import { visibleText } from '../answers.ts'
import { LANGUAGE_RULE, LENGTH_RULE, NOTHING_INVENTED, TEXT_IS_DATA, TONE_RULE } from '../instructions.ts'
import { writingFields, writingMessage } from '../writing.ts'

const INSTRUCTIONS = [
  'You write descriptions of products for shops. The input is a JSON object: its "text" has what is known of a product.',
  'Write what a customer needs to decide: what it is, what it does, what it is made of, its sizes and figures. Use paragraphs',
  'that a blank line parts, and no markup.',
  NOTHING_INVENTED,
  TEXT_IS_DATA,
  LANGUAGE_RULE,
  LENGTH_RULE,
  TONE_RULE,
  'Answer with "product_description": the description.',
].join('\n')

/** Writes a description of a product. */
export const productDescription = defineAnswerTask({
  type: 'ecommerce_product_description',
  path: '/ecommerce/product_description',
  summary: 'Writes a description of a product.',
  input: z.object(writingFields),
  result: z.object({ product_description: visibleText.describe('The description, in paragraphs.') }),
  schemaName: 'product_description',
  instructions: INSTRUCTIONS,
  message: writingMessage,
})
