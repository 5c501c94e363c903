import type { CountryCode } from 'libphonenumber-js'
import { z } from 'zod'
import { contentField } from '../fields.ts'
import { defineTask } from '../task.ts'
import { isPhoneCountry } from './countries.ts'

const countryField = z
  .string()
  .toUpperCase()
  .refine((code) => code === '' || isPhoneCountry(code), {
    error: 'must be a two-letter country code (ISO 3166-1), such as "US"',
  })
  .nullish()
  .describe(
    'Two-letter code of the country whose national numbers are meant; without it only international ones count.',
  )

const phoneSchema = z.object({
  detected_number: z.string().describe('The number as it stands in the text.'),
  parsed_number: z.string().describe('The same in E.164: a plus sign and digits.'),
})

/**
 * Finds phone numbers that can exist: length, area code and range are checked against the numbering plan of their
 * country (`libphonenumber-js` with its full metadata; the default metadata takes postcodes for numbers).
 *
 * Without `country` there is no default one: "600 100 200" is a number in forty countries and a guess would be wrong
 * in thirty-nine. International forms (`+48 …`, `0048 …`) are always found.
 */
export const detectPhones = defineTask({
  type: 'content_detect_phones',
  path: '/content/detect_phones',
  summary: 'Finds the phone numbers in a text and writes each in international form.',
  kind: 'offline',
  input: z.object({ content: contentField, country: countryField }),
  result: z.array(phoneSchema),

  async run({ content, country }) {
    // Loaded on first use: 85 to 175 ms of metadata that `start to ready` must not pay for.
    const { findPhoneNumbersInText } = await import('libphonenumber-js/max')
    const prepared = prepare(content)
    // An option set to undefined is not the same as one left out: the library reads the key.
    const found = findPhoneNumbersInText(prepared, country ? { defaultCountry: country as CountryCode } : {})
    const phones = new Map<string, z.output<typeof phoneSchema>>()
    for (const { startsAt, endsAt, number } of found) {
      // The plus sign was written over the second zero of "00"; the first belongs to the number too.
      const wasZero = prepared[startsAt] === '+' && content[startsAt] === '0'
      const detected = content.slice(wasZero ? startsAt - 1 : startsAt, endsAt)
      const phone = { detected_number: detected, parsed_number: number.number }
      phones.set(`${phone.parsed_number} ${detected}`, phone)
    }
    return [...phones.values()]
  },
})

/**
 * The text with two things rewritten that the library reads otherwise than people do. Both keep every position.
 *
 * 1. `00` before a country code becomes a plus sign, as ITU-T E.123 recommends it for international calls; the library
 *    knows it only with a default country. Not inside a row of digits, where it is part of a number.
 * 2. A comma or semicolon before a space ends a number. The library takes what follows for an extension: of
 *    "600 100 200, 600 100 201" it finds one number with extension 600.
 */
function prepare(content: string): string {
  return content.replace(/(?<![\p{L}\p{N}+.,/-]|\p{N}\s)00(?=[ -]?[1-9])/gu, ' +').replace(/[,;](?=\s)/g, '|')
}
