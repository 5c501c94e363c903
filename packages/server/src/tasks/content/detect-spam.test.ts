import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { detectSpam } from './detect-spam.ts'

const answer = { pass: false, score: 97, reason: 'It sells pills.' }

test('the verdict comes with how sure it is and why', async () => {
  const { result, asked } = await runWithAnswer(detectSpam, { content: 'Buy pills' }, answer)
  expect(result).toEqual(answer)
  expect(asked.message).toEqual({ text: 'Buy pills' })
})

test.each([{ pass: 'no' }, { score: 120 }, { reason: ' ' }])('an answer with %j is none', async (change) => {
  await expect(runWithAnswer(detectSpam, { content: 'x' }, { ...answer, ...change })).rejects.toThrow()
})
