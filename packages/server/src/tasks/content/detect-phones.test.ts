import { getCountries } from 'libphonenumber-js/max'
import { describe, expect, test } from 'vitest'
import { type TaskContext, TaskError } from '../task.ts'
import { PHONE_COUNTRIES } from './countries.ts'
import { detectPhones } from './detect-phones.ts'

const context: TaskContext = {
  signal: new AbortController().signal,
  model: { generate: () => Promise.reject(new TaskError('model.not_configured', 'no model in this test')) },
}

async function phones(content: string, country?: string | null) {
  const found = await detectPhones.run(detectPhones.input.parse({ content, country }), context)
  return found.map(({ detected_number, parsed_number }) => [detected_number, parsed_number])
}

test('international numbers are found as they stand and written in E.164', async () => {
  await expect(phones('Call +48 600-100-200, +44 (0)20 7946 0958 or tel:+1-201-555-0123.')).resolves.toEqual([
    ['+48 600-100-200', '+48600100200'],
    ['+44 (0)20 7946 0958', '+442079460958'],
    ['+1-201-555-0123', '+12015550123'],
  ])
})

test('the international prefix 00 is read as a plus sign', async () => {
  await expect(phones('0048 600 100 200, (0049) 30 901820')).resolves.toEqual([
    ['0048 600 100 200', '+48600100200'],
    ['(0049) 30 901820', '+4930901820'],
  ])
})

test('national numbers need a country, which may be written in any case', async () => {
  const text = 'Biuro: 600 100 200, (22) 123 45 67'
  await expect(phones(text)).resolves.toEqual([])
  await expect(phones(text, null)).resolves.toEqual([])
  await expect(phones(text, '')).resolves.toEqual([])
  await expect(phones(text, 'pl')).resolves.toEqual([
    ['600 100 200', '+48600100200'],
    ['(22) 123 45 67', '+48221234567'],
  ])
})

test('a number after a comma is a number and no extension', async () => {
  await expect(phones('600 100 200, 600 100 201, 2026', 'PL')).resolves.toEqual([
    ['600 100 200', '+48600100200'],
    ['600 100 201', '+48600100201'],
  ])
})

test('the same number in another spelling is told, the same spelling only once', async () => {
  await expect(phones('+48600100200 +48600100200 +48 600 100 200')).resolves.toEqual([
    ['+48600100200', '+48600100200'],
    ['+48 600 100 200', '+48600100200'],
  ])
})

test.each([
  ['a date and a time', '2026-10-11 00:30'],
  ['a card number', '4111 1111 1111 1111'],
  ['an ISBN', 'ISBN 978-3-16-148410-0'],
  ['an IP address', '192.168.100.200'],
  ['a row of digits with zeros in it', 'order 14 00 49 30 901820'],
  ['a number that cannot exist', '+48 000 000 000'],
])('%s is no phone number', async (_, text) => {
  await expect(phones(text)).resolves.toEqual([])
})

describe('countries', () => {
  test('the list is exactly what the library knows', () => {
    expect([...PHONE_COUNTRIES].sort()).toEqual([...getCountries()].sort())
  })

  test.each(['ZZ', 'Poland', '48', 'UK'])('%s is refused with a reason', (country) => {
    const parsed = detectPhones.input.safeParse({ content: 'x', country })
    expect(parsed.error?.issues[0]).toMatchObject({ path: ['country'], message: expect.stringContaining('ISO 3166') })
  })
})
