import { expect, test } from 'vitest'
import { waitingOf } from './waiting.ts'

const NOW = 1_000
const healthy = { lane: 'offline', laneState: 'healthy', lanePausedUntil: null } as const

test('a job that runs or has ended waits for nothing', () => {
  expect(waitingOf({ ...healthy, dueAt: null }, NOW)).toBeNull()
  expect(waitingOf({ ...healthy, laneState: 'failing', lanePausedUntil: 9_000, dueAt: null }, NOW)).toBeNull()
})

test('a due job waits for its turn, one that is due later for its next attempt', () => {
  expect(waitingOf({ ...healthy, dueAt: NOW }, NOW)).toEqual({ reason: 'turn', until: NOW })
  expect(waitingOf({ ...healthy, dueAt: NOW + 1 }, NOW)).toEqual({ reason: 'retry', until: NOW + 1 })
})

test('a due job of the workers of an account waits for one of them', () => {
  const job = { ...healthy, lane: 'workers' }
  expect(waitingOf({ ...job, dueAt: NOW }, NOW)).toEqual({ reason: 'worker', until: NOW })
  expect(waitingOf({ ...job, dueAt: NOW + 1 }, NOW)).toEqual({ reason: 'retry', until: NOW + 1 })
})

test('a paused provider is the reason, and the later of both times counts', () => {
  const limited = { ...healthy, lanePausedUntil: 5_000 } as const
  expect(waitingOf({ ...limited, dueAt: NOW }, NOW)).toEqual({ reason: 'provider_limited', until: 5_000 })
  expect(waitingOf({ ...limited, dueAt: 7_000 }, NOW)).toEqual({ reason: 'provider_limited', until: 7_000 })
  expect(waitingOf({ ...limited, dueAt: NOW }, 5_000)).toEqual({ reason: 'turn', until: NOW })
  const failing = { ...healthy, laneState: 'failing', lanePausedUntil: 900 } as const
  expect(waitingOf({ ...failing, dueAt: NOW }, NOW)).toEqual({ reason: 'provider_unavailable', until: NOW })
})
