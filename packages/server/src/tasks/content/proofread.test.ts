import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { proofread } from './proofread.ts'

test('the corrected text comes back, and the model is told no language: the text has one', async () => {
  const { result, asked } = await runWithAnswer(proofread, { content: 'Helo' }, { proofread: 'Hello' })
  expect(result).toEqual({ proofread: 'Hello' })
  expect(asked.message).toEqual({ text: 'Helo' })
})
