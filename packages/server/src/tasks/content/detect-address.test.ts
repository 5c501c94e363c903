import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { detectAddress } from './detect-address.ts'

const TEXT = 'Our office: 123 Main Street,\n New York, NY 10001. Mail: ul. Długa 5, 31-147 Kraków.'
const run = (content: string, addresses: string[]) => runWithAnswer(detectAddress, { content }, { addresses })

test('the result is a list of addresses as they stand in the text', async () => {
  const { result, asked } = await run(TEXT, ['123 main street, New York, NY 10001', 'ul. Długa 5, 31-147 Kraków'])
  expect(result).toEqual(['123 Main Street,\n New York, NY 10001', 'ul. Długa 5, 31-147 Kraków'])
  expect(asked.doubt).toBeNull()
})

test('a text without addresses has an empty list', async () => {
  await expect(run('Hello', [])).resolves.toMatchObject({ result: [] })
})

test('an address that is not in the text is doubted, and dropped when it comes again', async () => {
  const { result, asked } = await run(TEXT, ['1 Elm Street, Boston', 'ul. Długa 5, 31-147 Kraków'])
  expect(asked.doubt).toContain('addresses.0')
  expect(result).toEqual(['ul. Długa 5, 31-147 Kraków'])
})

test('an answer of which nothing is in the text fails: an empty list would say that there is no address', async () => {
  await expect(run(TEXT, ['1 Elm Street, Boston'])).rejects.toMatchObject({ code: 'model.invalid_output' })
})
