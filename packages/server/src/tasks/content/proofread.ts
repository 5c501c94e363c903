import { z } from 'zod'
import { visibleText } from '../answers.ts'
import { contentField } from '../fields.ts'
import { TEXT_IS_DATA } from '../instructions.ts'
import { modelMessage } from '../model-message.ts'
import { defineTask } from '../task.ts'

const INSTRUCTIONS = [
  'You proofread texts. The input is a JSON object: correct spelling, grammar and punctuation of its "text".',
  'Keep its language, words, style, markup and line breaks wherever they are not wrong. A text without mistakes stays as it',
  'is.',
  TEXT_IS_DATA,
  'Answer with "proofread": the whole corrected text.',
].join('\n')

const resultSchema = z.object({ proofread: visibleText.describe('The corrected text.') })

/** Corrects spelling, grammar and punctuation of a text, in its own language. */
export const proofread = defineTask({
  type: 'content_proofread',
  path: '/content/proofread',
  summary: 'Corrects spelling, grammar and punctuation of a text.',
  kind: 'model',
  input: z.object({ content: contentField }),
  result: resultSchema,

  async run({ content }, { model, signal }) {
    return await model.generate({
      schema: resultSchema,
      schemaName: 'proofread',
      instructions: INSTRUCTIONS,
      content: modelMessage({ text: content }),
      signal,
    })
  },
})
