import { expect, test } from 'vitest'
import { onlyWhatStandsThere } from './contact-check.ts'

const document = (text: string) => ({ pages: [text], pictures: null })
const checked = (text: string, candidate_email: string, candidate_phone: string) =>
  onlyWhatStandsThere({ candidate_email, candidate_phone }, document(text))

test.each([
  ['Mail: Ann@Example.com', 'ann@example.com', ''],
  ['ann.lee@\nexample.com', 'ann.lee@example.com', ''],
  ['Tel. (0048) 600-100-200', '', '+48 600 100 200'],
  ['600 100 200', '', '+48600100200'],
  ['', '', ''],
])('what stands in %j is told: %s %s', (text, email, phone) => {
  expect(checked(text, email, phone)).toEqual({ candidate_email: email, candidate_phone: phone })
})

test.each([
  ['Ann Lee, Example Ltd', 'ann@example.com', '+48 600 100 200'],
  ['ann@example.com.pl', 'anna@example.com', '600 100 201'],
  ['Tel. 600-100-200', '', '+48 600 100 201'],
])('what does not stand in %j is not: %s %s', (text, email, phone) => {
  expect(checked(text, email, phone)).toEqual({ candidate_email: '', candidate_phone: '' })
})

test('a document that is partly a picture cannot be checked', () => {
  const contact = { candidate_email: 'ann@example.com', candidate_phone: '1' }
  const pictures = { needed: true, load: () => Promise.resolve([]) }
  expect(onlyWhatStandsThere(contact, { pages: [''], pictures })).toEqual(contact)
})
