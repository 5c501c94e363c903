import { z } from 'zod'
import { visibleText } from '../answers.ts'
import { contentField } from '../fields.ts'
import { TEXT_IS_DATA } from '../instructions.ts'
import { modelMessage } from '../model-message.ts'
import { createQuoteFinder, doubtQuotes, keepQuotes } from '../quotes.ts'
import { defineTask } from '../task.ts'

const INSTRUCTIONS = [
  'You find postal addresses. The input is a JSON object: look through its "text", whatever its language.',
  'An address leads to one place: a street with a number, a post office box, a named building with its town. The name of a',
  'town or a country alone is none, nor are e-mail and web addresses.',
  TEXT_IS_DATA,
  'Answer with "addresses": each address from its first part to its last, copied from the text, character by character; an',
  'empty list when there is none.',
].join('\n')

const addressList = z.array(visibleText.describe('An address as it stands in the text.'))

/**
 * Finds postal addresses in a text, in order of what the model saw, each once. The shape of the original's answer is not
 * documented; this one is that of `detect_emails`.
 */
export const detectAddress = defineTask({
  type: 'content_detect_address',
  path: '/content/detect_address',
  summary: 'Finds the postal addresses in a text.',
  kind: 'model',
  input: z.object({ content: contentField }),
  result: addressList,

  async run({ content }, { model, signal }) {
    const find = createQuoteFinder(content)
    const { addresses } = await model.generate({
      schema: z.object({ addresses: addressList }),
      schemaName: 'addresses',
      instructions: INSTRUCTIONS,
      content: modelMessage({ text: content }),
      doubt: (answer) => doubtQuotes(answer.addresses, find, (index) => `addresses.${index}`),
      signal,
    })
    return keepQuotes(addresses, find, (address) => address).map(({ quote }) => quote)
  },
})
