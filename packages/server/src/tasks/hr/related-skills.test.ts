import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { relatedSkills } from './related-skills.ts'

const answer = {
  related_skills: [
    { name: 'Far', weight: 3 },
    { name: 'Near', weight: 9 },
    { name: 'the one', weight: 10 },
  ],
}

test('what was asked about comes back as it was written, and is not among the related', async () => {
  const { result, asked } = await runWithAnswer(relatedSkills, { content: ' The One ' }, answer)
  expect(result).toEqual({
    skill: 'The One',
    related_skills: [
      { name: 'Near', weight: 9 },
      { name: 'Far', weight: 3 },
    ],
  })
  expect(asked.message).toEqual({ language: 'English', max_quantity: 10, text: 'The One' })
})

test('a list that is too long is cut', async () => {
  const { result } = await runWithAnswer(relatedSkills, { content: 'The One', max_quantity: 1 }, answer)
  expect(result).toMatchObject({ related_skills: [{ name: 'Near', weight: 9 }] })
})
