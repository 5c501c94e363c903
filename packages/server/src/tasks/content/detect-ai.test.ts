import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { detectAi } from './detect-ai.ts'

const TEXT = 'In today’s fast-paced world, quality matters. My cat ate the manual.'
const answer = {
  ai_likelihood_percent: 40,
  assessment: 'Mixed.',
  reasoning: 'The first sentence is a stock phrase.',
  flagged_parts: [{ text: "in today's fast-paced world", reason: 'stock phrase' }],
}

test('flagged parts come as they stand in the text', async () => {
  const { result, asked } = await runWithAnswer(detectAi, { content: TEXT }, answer)
  expect(result).toEqual({
    ...answer,
    flagged_parts: [{ text: 'In today’s fast-paced world', reason: 'stock phrase' }],
  })
  expect(asked.doubt).toBeNull()
})

test('a part that is not in the text is doubted by its place, and dropped when it comes again', async () => {
  const flagged_parts = [...answer.flagged_parts, { text: 'delve into', reason: 'stock phrase' }]
  const { result, asked } = await runWithAnswer(detectAi, { content: TEXT }, { ...answer, flagged_parts })
  expect(asked.doubt).toContain('flagged_parts.1.text')
  expect(result).toHaveProperty('flagged_parts.length', 1)
})

test.each([-1, 101, 40.5])('a likelihood of %d is no answer', async (ai_likelihood_percent) => {
  await expect(runWithAnswer(detectAi, { content: TEXT }, { ...answer, ai_likelihood_percent })).rejects.toThrow()
})
