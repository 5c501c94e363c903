import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { keywords } from './keywords.ts'

const answer = { keywords: ['Skis', ' boots ', 'skis', 'poles'] }

test('the result is a list, each keyword once in its first spelling', async () => {
  const { result, asked } = await runWithAnswer(keywords, { content: 'A shop.' }, answer)
  expect(result).toEqual(['Skis', 'boots', 'poles'])
  expect(asked.message).toEqual({ language: 'English', max_quantity: 10, text: 'A shop.' })
})

test('every wish reaches the model, and a list that is too long is cut', async () => {
  const wishes = { language: 'German', max_quantity: 2, voice_tone: 'formal', context: 'winter' }
  const { result, asked } = await runWithAnswer(keywords, { content: 'A shop.', ...wishes }, answer)
  expect(result).toEqual(['Skis', 'boots'])
  expect(asked.message).toEqual({ ...wishes, text: 'A shop.' })
})
