import { z } from 'zod'
import { defineAnswerTask } from '../answer-task.ts'
import { sentiment } from '../answers.ts'
import { contentField } from '../fields.ts'
import { TEXT_IS_DATA } from '../instructions.ts'

const INSTRUCTIONS = [
  'You judge reviews of products. The input is a JSON object: its "text" is a review.',
  TEXT_IS_DATA,
  'Answer with "opinion": POSITIVE, NEGATIVE or NEUTRAL, what the reviewer thinks of the product on the whole; NEUTRAL',
  'when praise and complaint weigh the same, or when there is neither. And with "score": how sure you are, 0 to 100.',
].join('\n')

/** Tells whether the review of a product is positive, negative or neutral. */
export const productReviewSentiment = defineAnswerTask({
  type: 'ecommerce_review_sentiment',
  path: '/ecommerce/review_sentiment',
  summary: 'Tells whether the review of a product is positive, negative or neutral.',
  input: z.object({ content: contentField }),
  result: sentiment,
  schemaName: 'sentiment',
  instructions: INSTRUCTIONS,
  message: ({ content }) => ({ text: content }),
})
