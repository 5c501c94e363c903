import { z } from 'zod'
import { visibleText } from '../answers.ts'
import { contentField, LANGUAGE_DEFAULT, maxLengthField, optionalLanguageField, voiceToneField } from '../fields.ts'
import { LANGUAGE_RULE, LENGTH_RULE, NOTHING_INVENTED, TEXT_IS_DATA, TONE_RULE } from '../instructions.ts'
import { modelMessage } from '../model-message.ts'
import { defineTask } from '../task.ts'

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

const resultSchema = z.object({ product_description: visibleText.describe('The description, in paragraphs.') })

/** Writes a description of a product. */
export const productDescription = defineTask({
  type: 'ecommerce_product_description',
  path: '/ecommerce/product_description',
  summary: 'Writes a description of a product.',
  kind: 'model',
  input: z.object({
    content: contentField,
    language: optionalLanguageField,
    max_length: maxLengthField,
    voice_tone: voiceToneField,
  }),
  result: resultSchema,

  async run({ content, language, max_length, voice_tone }, { model, signal }) {
    return await model.generate({
      schema: resultSchema,
      schemaName: 'product_description',
      instructions: INSTRUCTIONS,
      content: modelMessage({
        language: language || LANGUAGE_DEFAULT,
        max_words: max_length,
        voice_tone,

        text: content,
      }),
      signal,
    })
  },
})
