import { z } from 'zod'
import { visibleText } from '../answers.ts'
import { contentField, LANGUAGE_DEFAULT, maxLengthField, optionalLanguageField, voiceToneField } from '../fields.ts'
import { LANGUAGE_RULE, LENGTH_RULE, NOTHING_INVENTED, TEXT_IS_DATA, TONE_RULE } from '../instructions.ts'
import { modelMessage } from '../model-message.ts'
import { defineTask } from '../task.ts'

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

const resultSchema = z.object({ product_intro: visibleText.describe('The introduction.') })

/** Writes a short introduction of a product. */
export const productIntro = defineTask({
  type: 'ecommerce_product_intro',
  path: '/ecommerce/product_intro',
  summary: 'Writes a short introduction of a product.',
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
      schemaName: 'product_intro',
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
