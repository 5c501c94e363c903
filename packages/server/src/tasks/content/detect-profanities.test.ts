import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { detectProfanities } from './detect-profanities.ts'

const run = (content: string, profanities: string[]) =>
  runWithAnswer(detectProfanities, { content }, { score: 90, reason: 'Because.', profanities })

test('a text without profanities passes', async () => {
  const { result } = await run('Good morning', [])
  expect(result).toEqual({ pass: true, score: 90, reason: 'Because.', profanities: [] })
})

test('profanities come as they stand in the text, each once, and the text does not pass', async () => {
  const { result, asked } = await run('D4mn you, DARN it', ['d4mn', 'darn', 'Darn'])
  expect(result).toMatchObject({ pass: false, profanities: ['D4mn', 'DARN'] })
  expect(asked.doubt).toBeNull()
})

test('what is not in the text is doubted, and dropped when it comes again', async () => {
  const { result, asked } = await run('D4mn you', ['damn', 'd4mn'])
  expect(asked.doubt).toContain('profanities.0')
  expect(result).toMatchObject({ profanities: ['D4mn'] })
})
