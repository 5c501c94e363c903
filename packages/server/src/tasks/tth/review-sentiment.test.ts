import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { travelReviewSentiment } from './review-sentiment.ts'

test('the opinion comes with how sure it is, as a number', async () => {
  const answer = { opinion: 'POSITIVE', score: 95 }
  const { result, asked } = await runWithAnswer(travelReviewSentiment, { content: 'Lovely stay.' }, answer)
  expect(result).toEqual({ score: 95, opinion: 'POSITIVE' })
  expect(asked.message).toEqual({ text: 'Lovely stay.' })
})
