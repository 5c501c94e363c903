import { describe, expect, test } from 'vitest'
import { productCategories } from './ecommerce/product-categories.ts'
import { runWithAnswer } from './test-model.ts'
import { hospitalityProductCategories } from './tth/hospitality-product-categories.ts'
import { tourProductCategories } from './tth/ta-product-categories.ts'

const ANSWER = {
  categories: [
    { name: 'Wide', weight: 2.04 },
    { name: 'Exact', weight: 9.5 },
    { name: 'exact', weight: 3 },
  ],
}
const PLACE = { city: 'Kraków', country: 'Poland' }

describe.each([
  { task: productCategories, more: {} },
  { task: hospitalityProductCategories, more: PLACE },
  { task: tourProductCategories, more: PLACE },
])('$task.type', ({ task, more }) => {
  test('gives a list, the best first, each category once, weights with one decimal', async () => {
    const { result, asked } = await runWithAnswer(task, { content: 'A thing.' }, ANSWER)
    expect(result).toEqual([
      { name: 'Exact', weight: 9.5 },
      { name: 'Wide', weight: 2 },
    ])
    expect(asked.message).toEqual({ language: 'English', max_quantity: 10, text: 'A thing.' })
  })

  test('tells the model every wish, and cuts a list that is too long', async () => {
    const wishes = { language: 'German', max_quantity: 1, voice_tone: 'formal', context: 'Exact, Wide', ...more }
    const { result, asked } = await runWithAnswer(task, { content: 'A thing.', ...wishes }, ANSWER)
    expect(result).toEqual([{ name: 'Exact', weight: 9.5 }])
    expect(asked.message).toEqual({ ...wishes, text: 'A thing.' })
  })
})
