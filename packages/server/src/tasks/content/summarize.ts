import { z } from 'zod'
import { defineAnswerTask } from '../answer-task.ts'
import { visibleText } from '../answers.ts'
import { contextField } from '../fields.ts'
import { LANGUAGE_RULE, LENGTH_RULE, NOTHING_ADDED, TEXT_IS_DATA, TONE_RULE } from '../instructions.ts'
import { writingFields, writingMessage } from '../writing.ts'

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

/** Summarizes a text with the configured model. */
export const summarize = defineAnswerTask({
  type: 'content_summarize',
  path: '/content/summarize',
  summary: 'Summarizes a text.',
  input: z.object({ ...writingFields, context: contextField }),
  result: z.object({ summary: visibleText.describe('The summary.') }),
  schemaName: 'summary',
  instructions: INSTRUCTIONS,
  message: writingMessage,
})
