import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { hospitalityProductCategories } from './hospitality-product-categories.ts'

const answer = {
  categories: [
    { name: 'Wide', weight: 2.04 },
    { name: 'Exact', weight: 9.5 },
    { name: 'exact', weight: 3 },
  ],
}

test('the result is a list, the best first, each category once, weights with one decimal', async () => {
  const { result, asked } = await runWithAnswer(hospitalityProductCategories, { content: 'A thing.' }, answer)
  expect(result).toEqual([
    { name: 'Exact', weight: 9.5 },
    { name: 'Wide', weight: 2 },
  ])
  expect(asked.message).toEqual({ language: 'English', max_quantity: 10, text: 'A thing.' })
})

test('every wish reaches the model, and a list that is too long is cut', async () => {
  const wishes = {
    language: 'German',
    max_quantity: 1,
    voice_tone: 'formal',
    context: 'Exact, Wide',
    city: 'Kraków',
    country: 'Poland',
  }
  const { result, asked } = await runWithAnswer(
    hospitalityProductCategories,
    { content: 'A thing.', ...wishes },
    answer,
  )
  expect(result).toEqual([{ name: 'Exact', weight: 9.5 }])
  expect(asked.message).toEqual({ ...wishes, text: 'A thing.' })
})
