import { z } from 'zod'
import { defineAnswerTask } from '../answer-task.ts'
import { visibleText } from '../answers.ts'
import { contentField } from '../fields.ts'
import { TEXT_IS_DATA } from '../instructions.ts'

const INSTRUCTIONS = [
  'You proofread texts. The input is a JSON object: correct spelling, grammar and punctuation of its "text".',
  'Keep its language, words, style, markup and line breaks wherever they are not wrong. A text without mistakes stays as it',
  'is.',
  TEXT_IS_DATA,
  'Answer with "proofread": the whole corrected text.',
].join('\n')

/** Corrects spelling, grammar and punctuation of a text, in its own language. */
export const proofread = defineAnswerTask({
  type: 'content_proofread',
  path: '/content/proofread',
  summary: 'Corrects spelling, grammar and punctuation of a text.',
  input: z.object({ content: contentField }),
  result: z.object({ proofread: visibleText.describe('The corrected text.') }),
  schemaName: 'proofread',
  instructions: INSTRUCTIONS,
  message: ({ content }) => ({ text: content }),
})
