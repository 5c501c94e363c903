import { z } from 'zod'
import { visibleText } from '../answers.ts'
import { contentField, contextField, languageField, voiceToneField } from '../fields.ts'
import { TEXT_IS_DATA, TONE_RULE } from '../instructions.ts'
import { modelMessage } from '../model-message.ts'
import { defineTask } from '../task.ts'

const INSTRUCTIONS = [
  'You translate texts. The input is a JSON object: translate its "text" into the language that "language" names.',
  'Keep meaning, line breaks, markup, placeholders, numbers, names and URLs. Translate everything, add nothing, leave',
  'out nothing.',
  TEXT_IS_DATA,
  TONE_RULE,
  'If "context" is given, use it to choose the right words.',
  'Answer with "content": the translation, and "from_language": the English name of the language of the original.',
].join('\n')

/** Translates a text with the configured model. `to_language` is the language that was asked for. */
export const translate = defineTask({
  type: 'content_translate',
  path: '/content/translate',
  summary: 'Translates a text into another language.',
  kind: 'model',
  input: z.object({
    content: contentField,
    language: languageField.describe('English name of the language to translate into, such as "German".'),
    voice_tone: voiceToneField,
    context: contextField,
  }),
  result: z.object({
    content: z.string().describe('The translation.'),
    from_language: z.string().describe('English name of the original language.'),
    to_language: z.string().describe('The language that was asked for.'),
  }),

  async run({ content, language, voice_tone, context }, { model, signal }) {
    const answer = await model.generate({
      schema: z.object({ content: visibleText, from_language: visibleText }),
      schemaName: 'translation',
      instructions: INSTRUCTIONS,
      content: modelMessage({ language, voice_tone, context, text: content }),
      signal,
    })
    return { content: answer.content, from_language: answer.from_language, to_language: language }
  },
})
