import { z } from 'zod'
import { defineAnswerTask } from '../answer-task.ts'
import { visibleText } from '../answers.ts'
import { LANGUAGE_RULE, LENGTH_RULE, NOTHING_INVENTED, TEXT_IS_DATA, TONE_RULE } from '../instructions.ts'
import { writingFields, writingMessage } from '../writing.ts'

const INSTRUCTIONS = [
  'You write short introductions of products for shops. The input is a JSON object: its "text" describes a product.',
  'Write one paragraph that makes a customer want to read on: what it is, whom it is for, what is best about it.',
  NOTHING_INVENTED,
  TEXT_IS_DATA,
  LANGUAGE_RULE,
  LENGTH_RULE,
  TONE_RULE,
  'Answer with "product_intro": the introduction.',
].join('\n')

/** Writes a short introduction of a product. */
export const productIntro = defineAnswerTask({
  type: 'ecommerce_product_intro',
  path: '/ecommerce/product_intro',
  summary: 'Writes a short introduction of a product.',
  input: z.object(writingFields),
  result: z.object({ product_intro: visibleText.describe('The introduction.') }),
  schemaName: 'product_intro',
  instructions: INSTRUCTIONS,
  message: writingMessage,
})
