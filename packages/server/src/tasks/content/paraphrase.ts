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
import { LANGUAGE_RULE, LENGTH_RULE, NOTHING_ADDED, TEXT_IS_DATA, TONE_RULE } from '../instructions.ts'
import { modelMessage } from '../model-message.ts'
import { defineTask } from '../task.ts'

const INSTRUCTIONS = [
  'You say texts in other words. The input is a JSON object: rewrite its "text" so that words and sentences differ and the',
  'meaning does not. Keep names, numbers, quotations, URLs and line breaks.',
  NOTHING_ADDED,
  TEXT_IS_DATA,
  LANGUAGE_RULE,
  LENGTH_RULE,
  TONE_RULE,
  'If "context" is given, use it to choose the right words.',
  'Answer with "paraphrase": the rewritten text.',
].join('\n')

const resultSchema = z.object({ paraphrase: visibleText.describe('The text in other words.') })

/** Says a text in other words. */
export const paraphrase = defineTask({
  type: 'content_paraphrase',
  path: '/content/paraphrase',
  summary: 'Says a text in other words.',
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
      schemaName: 'paraphrase',
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
