import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { needPython } from './python.ts'
import { bodyOf, receiversFolder, type VectorCase, vectors, vectorsNowMs } from './vectors.ts'

// The cases are made by Python's hmac; here two libraries that are not ours judge them too.

beforeEach(() => {
  // Both libraries take the time from the clock of the machine and from nowhere else.
  vi.useFakeTimers({ now: vectorsNowMs, toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('vectors.json is what make_vectors.py makes', (context) => {
  needPython(context)
  const made = spawnSync('python3', [`${receiversFolder}make_vectors.py`], { encoding: 'utf8' })
  expect(made.stderr).toBe('')
  expect(readFileSync(`${receiversFolder}vectors.json`, 'utf8')).toBe(made.stdout)
})

/** What a library can know: whether signature and time are right. The rest it judges in ways of its own. */
const known = /^(ok|signature\.mismatch|timestamp\.too_old|timestamp\.too_new)$/
const standard = vectors.cases.filter(({ scheme, expected }) => scheme === 'standard' && known.test(expected))

test.each([
  ['standardwebhooks', StandardWebhook],
  ['svix', SvixWebhook],
] as const)('%s judges every case of its scheme as it is written', (_name, Library) => {
  const verifies = (vector: VectorCase, secret: string) => {
    const library = secret.startsWith('whsec_')
      ? new Library(secret)
      : new Library(Buffer.from(secret, 'utf8'), { format: 'raw' })
    try {
      library.verify(bodyOf(vector), { ...vector.headers })
      return true
    } catch {
      return false
    }
  }
  expect(standard.length).toBeGreaterThan(30)
  for (const vector of standard) {
    const right = vector.secrets.some((secret) => verifies(vector, secret))
    expect(right, vector.name).toBe(vector.expected === 'ok')
  }
})
