import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { summarize } from './summarize.ts'

test('the text comes back as it was written, in English when nothing is wished', async () => {
  const { result, asked } = await runWithAnswer(
    summarize,
    { content: 'A thing.' },
    { summary: 'Words,\n\nmore words.' },
  )
  expect(result).toEqual({ summary: 'Words,\n\nmore words.' })
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
  const { asked } = await runWithAnswer(summarize, input, { summary: 'x' })
  expect(asked.message).toEqual({
    language: 'Polish',
    max_words: 40,
    voice_tone: 'funny',
    context: 'for children',
    text: 'A thing.',
  })
})
