import { expect, test } from 'vitest'
import { newId } from '../lib/ids.ts'
import { generateName, problemsOfName } from './webhook-name.ts'

test.each([
  ['https://hooks.example.com/x', 1, 'hooks.example.com'],
  ['https://hooks.example.com/x', 2, 'hooks.example.com-2'],
  ['https://203.0.113.7:8443/', 1, '203.0.113.7'],
  ['https://[2001:db8::1]/', 1, '2001-db8-1'],
  [`https://${'long.'.repeat(20)}example/`, 3, `${'long.'.repeat(20).slice(0, 61)}-3`],
  [null, 1, 'webhook'],
])('a webhook to %s is called by its host (try %i): %s', (url, number, name) => {
  expect(generateName(url, number)).toBe(name)
  expect(name).toMatch(/^[a-z0-9][a-z0-9._-]{0,63}$/)
})

test('a name that looks like an id is refused', () => {
  expect(problemsOfName(newId())).toHaveLength(1)
  expect(problemsOfName('billing')).toEqual([])
})
