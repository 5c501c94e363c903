import { z } from 'zod'
import { visibleText } from '../answers.ts'
import {
  contentField,
  contextField,
  LANGUAGE_DEFAULT,
  maxLengthField,
  optionalLanguageField,
  voiceToneField,
} from '../fields.ts'
import { LANGUAGE_RULE, LENGTH_RULE, NOTHING_INVENTED, TEXT_IS_DATA, TONE_RULE } from '../instructions.ts'
import { modelMessage } from '../model-message.ts'
import { defineTask } from '../task.ts'

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

const resultSchema = z.object({ email: visibleText.describe('The text of the e-mail, with line breaks.') })

/** Writes an e-mail that thanks a customer for a purchase. */
export const thankYouEmail = defineTask({
  type: 'ecommerce_thank_you_email',
  path: '/ecommerce/thank_you_email',
  summary: 'Writes an e-mail that thanks a customer for a purchase.',
  kind: 'model',
  input: z.object({
    content: contentField,
    language: optionalLanguageField,
    max_length: maxLengthField,
    voice_tone: voiceToneField,
    context: contextField,
  }),
  result: resultSchema,

  async run({ content, language, max_length, voice_tone, context }, { model, signal }) {
    return await model.generate({
      schema: resultSchema,
      schemaName: 'email',
      instructions: INSTRUCTIONS,
      content: modelMessage({
        language: language || LANGUAGE_DEFAULT,
        max_words: max_length,
        voice_tone,
        context,
        text: content,
      }),
      signal,
    })
  },
})
