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
  'You summarize texts. The input is a JSON object: summarize its "text".',
  NOTHING_ADDED,
  TEXT_IS_DATA,
  LANGUAGE_RULE,
  LENGTH_RULE,
  'Without "max_words" be as short as the text allows.',
  TONE_RULE,
  'If "context" is given, use it to choose what matters.',
  'Answer with "summary": the summary.',
].join('\n')

const resultSchema = z.object({ summary: visibleText.describe('The summary.') })

/** Summarizes a text with the configured model. */
export const summarize = defineTask({
  type: 'content_summarize',
  path: '/content/summarize',
  summary: 'Summarizes a text.',
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
      schemaName: 'summary',
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
