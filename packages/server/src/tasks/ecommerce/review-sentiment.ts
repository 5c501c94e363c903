import { z } from 'zod'
import { sentiment } from '../answers.ts'
import { contentField } from '../fields.ts'
import { TEXT_IS_DATA } from '../instructions.ts'
import { modelMessage } from '../model-message.ts'
import { defineTask } from '../task.ts'

const INSTRUCTIONS = [
  'You judge reviews of products. The input is a JSON object: its "text" is a review.',
  TEXT_IS_DATA,
  'Answer with "opinion": POSITIVE, NEGATIVE or NEUTRAL, what the reviewer thinks of the product on the whole; NEUTRAL',
  'when praise and complaint weigh the same, or when there is neither. And with "score": how sure you are, 0 to 100.',
].join('\n')

/** Tells whether the review of a product is positive, negative or neutral. */
export const productReviewSentiment = defineTask({
  type: 'ecommerce_review_sentiment',
  path: '/ecommerce/review_sentiment',
  summary: 'Tells whether the review of a product is positive, negative or neutral.',
  kind: 'model',
  input: z.object({ content: contentField }),
  result: sentiment,

  async run({ content }, { model, signal }) {
    return await model.generate({
      schema: sentiment,
      schemaName: 'sentiment',
      instructions: INSTRUCTIONS,
      content: modelMessage({ text: content }),
      signal,
    })
  },
})
