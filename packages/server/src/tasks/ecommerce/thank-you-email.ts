import { z } from 'zod'
import { defineAnswerTask } from '../answer-task.ts'
import { visibleText } from '../answers.ts'
import { contextField } from '../fields.ts'
import { LANGUAGE_RULE, LENGTH_RULE, NOTHING_INVENTED, TEXT_IS_DATA, TONE_RULE } from '../instructions.ts'
import { writingFields, writingMessage } from '../writing.ts'

const INSTRUCTIONS = [
  'You write e-mails that thank customers for what they bought. The input is a JSON object: its "text" has what was bought.',
  'Write the text of the e-mail without a subject: a greeting that fits every customer, thanks, a closing. Use line breaks.',
  NOTHING_INVENTED,
  TEXT_IS_DATA,
  LANGUAGE_RULE,
  LENGTH_RULE,
  TONE_RULE,
  'If "context" is given, use it for what the e-mail should mention.',
  'Answer with "email": the text of the e-mail.',
].join('\n')

/** Writes an e-mail that thanks a customer for a purchase. */
export const thankYouEmail = defineAnswerTask({
  type: 'ecommerce_thank_you_email',
  path: '/ecommerce/thank_you_email',
  summary: 'Writes an e-mail that thanks a customer for a purchase.',
  input: z.object({ ...writingFields, context: contextField }),
  result: z.object({ email: visibleText.describe('The text of the e-mail, with line breaks.') }),
  schemaName: 'email',
  instructions: INSTRUCTIONS,
  message: writingMessage,
})
