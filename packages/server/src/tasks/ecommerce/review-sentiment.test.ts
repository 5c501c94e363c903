import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { productReviewSentiment } from './review-sentiment.ts'

test('the opinion comes with how sure it is, as a number', async () => {
  const input = { content: 'Broke after a day.', language: 'German' }
  const { result, asked } = await runWithAnswer(productReviewSentiment, input, { opinion: 'NEGATIVE', score: 85 })
  expect(result).toEqual({ score: 85, opinion: 'NEGATIVE' })
  expect(asked.message).toEqual({ text: 'Broke after a day.' })
})

test.each([
  { opinion: 'BAD', score: 85 },
  { opinion: 'negative', score: 85 },
  { opinion: 'NEGATIVE', score: 101 },
  { opinion: 'NEGATIVE', score: -1 },
  { opinion: 'NEGATIVE', score: 0.85 },
  { opinion: 'NEGATIVE', score: '85' },
])('%j is no answer', async (answer) => {
  await expect(runWithAnswer(productReviewSentiment, { content: 'x' }, answer)).rejects.toThrow()
})
