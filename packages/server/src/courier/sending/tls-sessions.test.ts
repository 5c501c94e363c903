import { expect, test } from 'vitest'
import { createTlsSessions } from './tls-sessions.ts'

const HOUR_MS = 3_600_000
const bytes = Buffer.from('session')

test('a session is good for an hour after the certificate was shown, also when it followed others', () => {
  let nowMs = 1_000
  const sessions = createTlsSessions({ monotonicMs: () => nowMs })
  sessions.keep('a:443', { session: bytes, verifiedMs: 1_000 })
  nowMs += 0.9 * HOUR_MS
  sessions.keep('a:443', { session: Buffer.from('next'), verifiedMs: sessions.of('a:443')?.verifiedMs ?? nowMs })
  expect(sessions.of('a:443')?.session.toString()).toBe('next')
  nowMs += 0.1 * HOUR_MS
  expect(sessions.of('a:443')).toBeUndefined()
})

test('of a hundred thousand receivers, only the last few thousand have one', () => {
  const sessions = createTlsSessions({ monotonicMs: () => 0 })
  const origins = Array.from({ length: 100_000 }, (_, index) => `receiver-${index}:443`)
  for (const origin of origins) sessions.keep(origin, { session: bytes, verifiedMs: 0 })
  expect(origins.filter((origin) => sessions.of(origin)).length).toBeLessThanOrEqual(2_000)
  expect(sessions.of('receiver-99999:443')).toBeDefined()
})
