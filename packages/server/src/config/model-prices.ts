import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { ModelPrice } from '../config.ts'
import { messageOf } from '../lib/errors.ts'
import { BadValue } from './setting.ts'

/** US dollars for a million tokens. */
const dollars = z.number().min(0).max(1_000_000)

const priceSchema = z.strictObject({
  input: dollars,
  output: dollars,
  cached_input: dollars.optional(),
  from: z.iso.date().optional(),
})

/** One price for a model, or several from different days on. */
const pricesSchema = z.record(
  z.string().regex(/^\w+\/.+$/, 'must be <provider>/<model>'),
  z.union([priceSchema, z.array(priceSchema)]),
)

/** The day that a price without one holds from: always. */
const ALWAYS = '1970-01-01'

/**
 * Parses the prices of models: JSON when the text begins with a brace, else the path of a file with it. The empty text
 * has none.
 */
export function modelPrices(text: string): readonly ModelPrice[] {
  if (text === '') return []
  const parsed = pricesSchema.safeParse(readJson(text))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    // What is wrong with a key stands one level deeper.
    const message = issue?.code === 'invalid_key' ? issue.issues[0]?.message : issue?.message
    throw new BadValue(`${issue?.path.join('.') || 'the value'}: ${message}`)
  }
  return Object.entries(parsed.data).flatMap(([model, prices]) =>
    [prices].flat().map(({ input, output, cached_input: cachedInput, from = ALWAYS }) => ({
      model,
      from,
      input,
      output,
      ...(cachedInput !== undefined && { cachedInput }),
    })),
  )
}

function readJson(text: string): unknown {
  let json = text
  if (!text.startsWith('{')) {
    try {
      json = readFileSync(text, 'utf8')
    } catch (error) {
      throw new BadValue(`the file cannot be read: ${messageOf(error)}`)
    }
  }
  try {
    return JSON.parse(json)
  } catch (error) {
    throw new BadValue(messageOf(error))
  }
}
