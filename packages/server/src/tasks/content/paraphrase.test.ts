import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { paraphrase } from './paraphrase.ts'

test('the text comes back as it was written, in English when nothing is wished', async () => {
  const { result, asked } = await runWithAnswer(
    paraphrase,
    { content: 'A thing.' },
    { paraphrase: 'Words,\n\nmore words.' },
  )
  expect(result).toEqual({ paraphrase: 'Words,\n\nmore words.' })
  expect(asked.message).toEqual({ language: 'English', text: 'A thing.' })
})

test('every wish reaches the model', async () => {
  const input = {
    content: 'A thing.',
    language: 'Polish',
    max_length: 40,
    voice_tone: 'funny',
    context: 'for children',
  }
  const { asked } = await runWithAnswer(paraphrase, input, { paraphrase: 'x' })
  expect(asked.message).toEqual({
    language: 'Polish',
    max_words: 40,
    voice_tone: 'funny',
    context: 'for children',
    text: 'A thing.',
  })
})
