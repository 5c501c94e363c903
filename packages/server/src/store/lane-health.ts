import { type DoublingPause, doubledPauseMs, isPaused } from './pause.ts'

/** The lane of jobs that need no provider. It is never paused and has no cap of its own. */
export const OFFLINE_LANE = 'offline'

/** The lane of jobs that the workers of their accounts run. No runner touches it, and it counts for no cap of one. */
export const WORKERS_LANE = 'workers'

/**
 * The health of a lane (a provider with its model), and what follows from a run for all jobs that wait in it. The same
 * idea as the health of an address (`address-health.ts`), with other reasons:
 *
 * - `healthy`: its jobs start as the caps allow. An answer that asks for patience (429, or any `Retry-After`) pauses it
 *   for that long, without a change of state.
 * - `failing`: {@link LANE_FAILURES_MAX} runs in a row did not reach the provider, or got a 5xx. It is paused, and when
 *   the pause ends **one** job is started as a probe; each failed probe doubles the pause. The others wait, and spend
 *   none of their attempts.
 *
 * Any answer of the provider, refusals included, leads from `failing` back to `healthy`.
 */
export type LaneState = 'healthy' | 'failing'

/** Runs in a row without an answer that make a lane `failing`. */
export const LANE_FAILURES_MAX = 5

/** The pauses of a failing lane. */
const FAILING_PAUSE: DoublingPause = { firstMs: 10_000, mostMs: 5 * 60_000 }

/** The pauses after a 429 that does not say how long to wait. */
const LIMIT_PAUSE: DoublingPause = { firstMs: 1_000, mostMs: 60_000 }

/** Longest pause that a provider may ask for. A longer wish is asked again after it. */
export const ASKED_MS_MAX = 3_600_000

/** How long a probe may take before another may start: long answers take a minute or two. */
export const LANE_PROBE_MS = 120_000

/**
 * Whether a lane is paused at `now`. No pause is longer than what a provider may ask for: one that seems so was written
 * before the clock was set back.
 */
export function isLanePaused(lane: { readonly pausedUntil: number | null }, now: number): boolean {
  return isPaused(lane, now) && !isPaused(lane, now + ASKED_MS_MAX)
}

/** What a run says about its lane. */
export type LaneReport =
  /** The provider answered, with whatever. */
  | { readonly kind: 'answered' }
  /** It limits requests; `askedMs` is how long it asked to wait, null when it did not say. */
  | { readonly kind: 'limited'; readonly askedMs: number | null }
  /** It could not be reached, did not answer in time, or answered that something is broken on its side. */
  | { readonly kind: 'failed'; readonly askedMs: number | null; readonly probe: boolean }

export interface LaneHealth {
  readonly state: LaneState
  /** Runs in a row that failed. */
  readonly failures: number
  /** Answers in a row that limited. */
  readonly limits: number
  readonly pausedUntil: number | null
}

/** Decides what a report makes of a lane; gives the same object when nothing changes. */
export function afterReport(health: LaneHealth, report: LaneReport, now: number): LaneHealth {
  switch (report.kind) {
    case 'answered': {
      if (health.state === 'failing') return { state: 'healthy', failures: 0, limits: 0, pausedUntil: null }
      // A pause goes on: the run was under way when the provider asked for patience, and says nothing about that.
      if (isPaused(health, now)) return health.failures === 0 ? health : { ...health, failures: 0 }
      if (health.failures === 0 && health.limits === 0 && health.pausedUntil === null) return health
      return { state: 'healthy', failures: 0, limits: 0, pausedUntil: null }
    }
    case 'limited': {
      // Runs that were under way when the pause began get the same answer: they are no further step.
      const limits = isPaused(health, now) ? Math.max(health.limits, 1) : health.limits + 1
      const askedMs =
        report.askedMs === null ? doubledPauseMs(LIMIT_PAUSE, limits) : Math.min(report.askedMs, ASKED_MS_MAX)
      return { state: 'healthy', failures: 0, limits, pausedUntil: later(health.pausedUntil, now + askedMs) }
    }
    case 'failed': {
      // Runs that were under way when the lane became failing say nothing new: only probes count then.
      if (health.state === 'failing' && !report.probe) return health
      const failures = health.failures + 1
      const isFailing = failures >= LANE_FAILURES_MAX
      const breakerMs = isFailing ? doubledPauseMs(FAILING_PAUSE, failures - LANE_FAILURES_MAX + 1) : 0
      const pauseMs = Math.max(breakerMs, Math.min(report.askedMs ?? 0, ASKED_MS_MAX))
      const before = report.probe ? null : health.pausedUntil
      const pausedUntil = pauseMs === 0 ? before : later(before, now + pauseMs)
      return { ...health, state: isFailing ? 'failing' : 'healthy', failures, pausedUntil }
    }
  }
}

function later(one: number | null, other: number): number {
  return Math.max(one ?? other, other)
}
