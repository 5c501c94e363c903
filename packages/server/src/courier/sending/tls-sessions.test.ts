import { expect, test } from 'vitest'
import { createTlsSessions } from './tls-sessions.ts'

const HOUR_MS = 3_600_000
const bytes = Buffer.from('session')

test('a session is good for an hour after the certificate was shown, also when it followed others', () => {
  let nowMs = 0
  const sessions = createTlsSessions({ monotonicMs: () => nowMs })
  sessions.keep('a:443', bytes, null)
  nowMs = 0.6 * HOUR_MS
  const first = sessions.of('a:443')
  expect(first).toBeDefined()
  sessions.keep('a:443', Buffer.from('next'), first ?? null)
  expect(sessions.of('a:443')?.session.toString()).toBe('next')
  nowMs = HOUR_MS
  expect(sessions.of('a:443')).toBeUndefined()
  sessions.keep('a:443', bytes, null)
  expect(sessions.of('a:443')).toBeDefined()
})

test('of a hundred thousand receivers, only the last few thousand have one', () => {
  const sessions = createTlsSessions({ monotonicMs: () => 0 })
  const origins = Array.from({ length: 100_000 }, (_, index) => `receiver-${index}:443`)
  for (const origin of origins) sessions.keep(origin, bytes, null)
  expect(origins.filter((origin) => sessions.of(origin)).length).toBeLessThanOrEqual(2_000)
  expect(sessions.of('receiver-99999:443')).toBeDefined()
})
