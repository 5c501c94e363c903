import { z } from 'zod'
import { visibleText } from '../answers.ts'
import { eachOnce } from '../each-once.ts'
import {
  contentField,
  contextField,
  LANGUAGE_DEFAULT,
  maxQuantityField,
  optionalLanguageField,
  QUANTITY_DEFAULT,
  voiceToneField,
} from '../fields.ts'
import { LANGUAGE_RULE, TEXT_IS_DATA, TONE_RULE } from '../instructions.ts'
import { modelMessage } from '../model-message.ts'
import { defineTask } from '../task.ts'

const INSTRUCTIONS = [
  'You find keywords. The input is a JSON object: find the words and short phrases under which people would look for its',
  '"text".',
  TEXT_IS_DATA,
  LANGUAGE_RULE,
  TONE_RULE,
  'If "context" is given, use it to choose what matters.',
  'Answer with "keywords": a list, the most fitting first, at most "max_quantity" of them. No hashes, no duplicates.',
].join('\n')

const keywordList = z.array(visibleText.describe('A word or a short phrase.'))

/** Finds keywords and tags for a text. */
export const keywords = defineTask({
  type: 'content_keywords',
  path: '/content/keywords',
  summary: 'Finds keywords and tags for a text.',
  kind: 'model',
  input: z.object({
    content: contentField,
    language: optionalLanguageField,
    max_quantity: maxQuantityField,
    voice_tone: voiceToneField,
    context: contextField,
  }),
  result: keywordList,

  async run({ content, language, max_quantity, voice_tone, context }, { model, signal }) {
    const quantityMax = max_quantity || QUANTITY_DEFAULT
    const answer = await model.generate({
      schema: z.object({ keywords: keywordList }),
      schemaName: 'keywords',
      instructions: INSTRUCTIONS,
      content: modelMessage({
        language: language || LANGUAGE_DEFAULT,
        max_quantity: quantityMax,
        voice_tone,
        context,
        text: content,
      }),
      signal,
    })
    const words = answer.keywords.map((word) => word.trim())
    return eachOnce(words, (word) => word).slice(0, quantityMax)
  },
})
