import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { thankYouEmail } from './thank-you-email.ts'

test('the text comes back as it was written, in English when nothing is wished', async () => {
  const { result, asked } = await runWithAnswer(
    thankYouEmail,
    { content: 'A thing.' },
    { email: 'Words,\n\nmore words.' },
  )
  expect(result).toEqual({ email: 'Words,\n\nmore words.' })
  expect(asked.message).toEqual({ language: 'English', text: 'A thing.' })
})

test('every wish reaches the model', async () => {
  const input = { content: 'A thing.', language: 'Polish', max_length: 40, voice_tone: 'funny', context: 'ski season' }
  const { asked } = await runWithAnswer(thankYouEmail, input, { email: 'x' })
  expect(asked.message).toEqual({
    language: 'Polish',
    max_words: 40,
    voice_tone: 'funny',
    context: 'ski season',
    text: 'A thing.',
  })
})
