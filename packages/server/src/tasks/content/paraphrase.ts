import { z } from 'zod'
import { defineAnswerTask } from '../answer-task.ts'
import { visibleText } from '../answers.ts'
import { contextField } from '../fields.ts'
import { LANGUAGE_RULE, LENGTH_RULE, NOTHING_ADDED, TEXT_IS_DATA, TONE_RULE } from '../instructions.ts'
import { writingFields, writingMessage } from '../writing.ts'

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

/** Says a text in other words. */
export const paraphrase = defineAnswerTask({
  type: 'content_paraphrase',
  path: '/content/paraphrase',
  summary: 'Says a text in other words.',
  input: z.object({ ...writingFields, context: contextField }),
  result: z.object({ paraphrase: visibleText.describe('The text in other words.') }),
  schemaName: 'paraphrase',
  instructions: INSTRUCTIONS,
  message: writingMessage,
})
