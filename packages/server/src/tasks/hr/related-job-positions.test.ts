import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { relatedJobPositions } from './related-job-positions.ts'

const answer = {
  related_job_positions: [
    { name: 'Far', weight: 3 },
    { name: 'Near', weight: 9 },
    { name: 'the one', weight: 10 },
  ],
}

test('what was asked about comes back as it was written, and is not among the related', async () => {
  const { result, asked } = await runWithAnswer(relatedJobPositions, { content: ' The One ' }, answer)
  expect(result).toEqual({
    job_position: 'The One',
    related_job_positions: [
      { name: 'Near', weight: 9 },
      { name: 'Far', weight: 3 },
    ],
  })
  expect(asked.message).toEqual({ language: 'English', max_quantity: 10, text: 'The One' })
})

test('a list that is too long is cut', async () => {
  const { result } = await runWithAnswer(relatedJobPositions, { content: 'The One', max_quantity: 1 }, answer)
  expect(result).toMatchObject({ related_job_positions: [{ name: 'Near', weight: 9 }] })
})
