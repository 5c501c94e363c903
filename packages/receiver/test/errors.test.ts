import { expect, test } from 'vitest'
import type { WebhookVerificationCode } from '../src/errors.ts'
import { statusOf } from '../src/receiver.ts'
import { errorRows } from './readme.ts'
import { vectors } from './vectors.ts'

/** Every code; one that is not here, or no code any more, does not compile. */
const CODES: Readonly<Record<WebhookVerificationCode, true>> = {
  'signature.missing': true,
  'signature.malformed': true,
  'signature.mismatch': true,
  'id.missing': true,
  'id.malformed': true,
  'timestamp.missing': true,
  'timestamp.malformed': true,
  'timestamp.too_old': true,
  'timestamp.too_new': true,
  'body.malformed': true,
  'body.parsed': true,
  'secret.missing': true,
  'secret.malformed': true,
  'body.too_large': true,
  'body.incomplete': true,
}
const codes = Object.keys(CODES) as WebhookVerificationCode[]

test('README.md has every code with the status of its answer, and no other', () => {
  expect(Object.fromEntries(errorRows)).toEqual(Object.fromEntries(codes.map((code) => [code, statusOf(code)])))
})

test('every code of the shared cases is one', () => {
  for (const { expected } of vectors.cases) expect(['ok', ...codes]).toContain(expected)
})
