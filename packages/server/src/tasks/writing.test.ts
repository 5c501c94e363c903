import { describe, expect, test } from 'vitest'
import { paraphrase } from './content/paraphrase.ts'
import { summarize } from './content/summarize.ts'
import { productDescription } from './ecommerce/product-description.ts'
import { productIntro } from './ecommerce/product-intro.ts'
import { thankYouEmail } from './ecommerce/thank-you-email.ts'
import { runWithAnswer } from './test-model.ts'

const CONTEXT = { context: 'for children' }

describe.each([
  { task: paraphrase, field: 'paraphrase', more: CONTEXT },
  { task: summarize, field: 'summary', more: CONTEXT },
  { task: thankYouEmail, field: 'email', more: CONTEXT },
  { task: productIntro, field: 'product_intro', more: {} },
  { task: productDescription, field: 'product_description', more: {} },
])('$task.type', ({ task, field, more }) => {
  test('gives the text as it was written, in English when nothing is wished', async () => {
    const answer = { [field]: 'Words,\n\nmore words.' }
    const { result, asked } = await runWithAnswer(task, { content: 'A thing.' }, answer)
    expect(result).toEqual(answer)
    expect(asked.message).toEqual({ language: 'English', text: 'A thing.' })
  })

  test('tells the model every wish', async () => {
    const wishes = { language: 'Polish', voice_tone: 'funny', ...more }
    const input = { content: 'A thing.', max_length: 40, ...wishes }
    const { asked } = await runWithAnswer(task, input, { [field]: 'x' })
    expect(asked.message).toEqual({ text: 'A thing.', max_words: 40, ...wishes })
  })
})
