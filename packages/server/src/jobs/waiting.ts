import type { JobWaiting } from '@ringback/contract'
import type { JobRow } from '../store/jobs.ts'
import { WORKERS_LANE } from '../store/lane-health.ts'
import { isPaused } from '../store/pause.ts'

/** Why a job waits and until when, in Unix milliseconds (`until` in the past: as soon as possible). */
export interface Waiting {
  readonly reason: JobWaiting['waiting_reason']
  readonly until: number
}

/** Tells what a job waits for; null when it runs or has ended. */
export function waitingOf(
  job: Pick<JobRow, 'dueAt' | 'lane' | 'laneState' | 'lanePausedUntil'>,
  now: number,
): Waiting | null {
  const { dueAt, lane, laneState, lanePausedUntil } = job
  if (dueAt === null) return null
  const until = Math.max(dueAt, lanePausedUntil ?? 0)
  if (laneState === 'failing') return { reason: 'provider_unavailable', until }
  if (isPaused({ pausedUntil: lanePausedUntil }, now)) return { reason: 'provider_limited', until }
  if (dueAt > now) return { reason: 'retry', until: dueAt }
  return { reason: lane === WORKERS_LANE ? 'worker' : 'turn', until: dueAt }
}
