import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { productIntro } from './product-intro.ts'

test('the text comes back as it was written, in English when nothing is wished', async () => {
  const { result, asked } = await runWithAnswer(
    productIntro,
    { content: 'A thing.' },
    { product_intro: 'Words,\n\nmore words.' },
  )
  expect(result).toEqual({ product_intro: 'Words,\n\nmore words.' })
  expect(asked.message).toEqual({ language: 'English', text: 'A thing.' })
})

test('every wish reaches the model', async () => {
  const input = { content: 'A thing.', language: 'Polish', max_length: 40, voice_tone: 'funny' }
  const { asked } = await runWithAnswer(productIntro, input, { product_intro: 'x' })
  expect(asked.message).toEqual({ language: 'Polish', max_words: 40, voice_tone: 'funny', text: 'A thing.' })
})
