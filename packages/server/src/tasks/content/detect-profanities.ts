import { z } from 'zod'
import { percentage, visibleText } from '../answers.ts'
import { contentField } from '../fields.ts'
import { TEXT_IS_DATA } from '../instructions.ts'
import { modelMessage } from '../model-message.ts'
import { createQuoteFinder, doubtQuotes, keepQuotes } from '../quotes.ts'
import { defineTask } from '../task.ts'

const INSTRUCTIONS = [
  'You find profanities: swear words, slurs, vulgar insults, also when they are disguised (letters swapped, left out or',
  'starred). The input is a JSON object: look through its "text", whatever its language.',
  TEXT_IS_DATA,
  'Answer with "profanities": each one copied from the text, character by character, an empty list when there is none;',
  '"score": how sure you are that the list is right, 0 to 100; "reason": what you found, in one or two English sentences.',
].join('\n')

const answerSchema = z.object({
  score: percentage.describe('How sure the verdict is, in percent.'),
  reason: visibleText.describe('Why, in English.'),
  profanities: z.array(visibleText).describe('The profanities as they stand in the text, each once.'),
})

/**
 * Finds profanities in a text. `pass` is not asked of the model: it follows from the list, and a text cannot argue
 * for the one while the other stands there. The list is ours; what SharpAPI answers beside the first three is unknown.
 */
export const detectProfanities = defineTask({
  type: 'content_detect_profanities',
  path: '/content/detect_profanities',
  summary: 'Finds profanities in a text.',
  kind: 'model',
  input: z.object({ content: contentField }),
  result: z.object({ pass: z.boolean().describe('True when the text has none.'), ...answerSchema.shape }),

  async run({ content }, { model, signal }) {
    const find = createQuoteFinder(content)
    const { score, reason, profanities } = await model.generate({
      schema: answerSchema,
      schemaName: 'profanities',
      instructions: INSTRUCTIONS,
      content: modelMessage({ text: content }),
      doubt: (answer) => doubtQuotes(answer.profanities, find, (index) => `profanities.${index}`),
      signal,
    })
    const found = keepQuotes(profanities, find, (profanity) => profanity).map(({ quote }) => quote)
    return { pass: found.length === 0, score, reason, profanities: found }
  },
})
