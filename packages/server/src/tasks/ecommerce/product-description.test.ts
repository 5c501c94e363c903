import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { productDescription } from './product-description.ts'

test('the text comes back as it was written, in English when nothing is wished', async () => {
  const { result, asked } = await runWithAnswer(
    productDescription,
    { content: 'A thing.' },
    { product_description: 'Words,\n\nmore words.' },
  )
  expect(result).toEqual({ product_description: 'Words,\n\nmore words.' })
  expect(asked.message).toEqual({ language: 'English', text: 'A thing.' })
})

test('every wish reaches the model', async () => {
  const input = { content: 'A thing.', language: 'Polish', max_length: 40, voice_tone: 'funny' }
  const { asked } = await runWithAnswer(productDescription, input, { product_description: 'x' })
  expect(asked.message).toEqual({ language: 'Polish', max_words: 40, voice_tone: 'funny', text: 'A thing.' })
})
