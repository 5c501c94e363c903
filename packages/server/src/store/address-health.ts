import type { AttemptCause } from '@ringback/contract'
import { type DoublingPause, doubledPauseMs, isPaused } from './pause.ts'

/**
 * The health of an address, and what follows from an attempt for all deliveries of that address.
 *
 * - `healthy`: sends as fast as its limits allow. A single answer that asks for patience (`Retry-After`, 429, 502, 503,
 *   504) pauses it, without a change of state.
 * - `failing`: {@link FAILURES_MAX} attempts in a row failed. It is paused, and when the pause ends **one** delivery is
 *   sent as a probe; each failed probe doubles the pause. Its other deliveries wait and spend no attempts.
 * - `disabled`: its webhook was switched off: by `410 Gone`, or after {@link DISABLE_AFTER_MS} without a success.
 *
 * One success leads from `failing` back to `healthy`. A person who switches the webhook on again leads from `disabled`
 * to `healthy`. Job webhooks have no switch: their address is never `disabled`.
 */
export type AddressState = 'healthy' | 'failing' | 'disabled'

/** Failures in a row that make an address `failing`: one more than the attempts of one delivery with the default plan. */
export const FAILURES_MAX = 5

/** The first pause of a failing address, doubled by each failed probe up to the longest. */
export const PAUSE_FIRST_MS = 10_000
export const PAUSE_MS_MAX = 5 * 60_000
const FAILING_PAUSE: DoublingPause = { firstMs: PAUSE_FIRST_MS, mostMs: PAUSE_MS_MAX }

/** The first pause after an answer that asks for patience without saying how long; doubled likewise. */
export const SLOW_PAUSE: DoublingPause = { firstMs: 1_000, mostMs: 60_000 }

/** A webhook without any success for so long is switched off (design 3.2). */
export const DISABLE_AFTER_MS = 5 * 24 * 3_600_000

/**
 * After so long without any attempt the days without success are counted anew: nobody knows how the receiver was
 * meanwhile. Two failures with a week of silence between them (little to tell, a server that was down, a laptop that
 * slept, a clock that was set ahead) say nothing about that week. Longer than the longest delay between two attempts
 * of one delivery, which is 24 h with its jitter and an hour of `Retry-After`.
 */
export const SILENCE_MS = 2 * 24 * 3_600_000

/** How long a probe may take before another may be sent: the longest deadline of an attempt and its record. */
export const PROBE_MS = 45_000

/** What an attempt says about its address. */
export type AddressReport =
  | { readonly kind: 'reached' }
  | {
      readonly kind: 'failed'
      readonly cause: AttemptCause
      /** The answer asked for patience. */
      readonly slow: boolean
      /** Until when the receiver asked to be left in peace, in Unix milliseconds. */
      readonly askedUntil: number | null
      /** The receiver says that it is gone for good. */
      readonly gone: boolean
      /** The attempt was the probe of a failing address. */
      readonly probe: boolean
    }

/** The part of an address that attempts change. */
export interface AddressHealth {
  readonly state: AddressState
  readonly failures: number
  /** Since when attempts fail, without a success and without a long silence in between. */
  readonly failingSince: number | null
  /** When the last failure was that counted: pauses are reckoned from it. */
  readonly lastFailureAt: number | null
  readonly pausedUntil: number | null
}

export interface HealthChange extends AddressHealth {
  /** Why the webhook must be switched off now; null otherwise. */
  readonly disable: string | null
}

/**
 * A failed attempt: counts it, and decides about pause and switch. `now` is when the attempt ended. Attempts that were
 * under way when the address became failing say nothing new: only probes count then. The address of job webhooks has
 * no switch (`hasSwitch: false`): there a 410 is a failure like any other, and pauses go on for as long as it fails.
 */
export function afterFailure(
  health: AddressHealth,
  report: Extract<AddressReport, { kind: 'failed' }>,
  now: number,
  { hasSwitch }: { hasSwitch: boolean },
): HealthChange {
  const wasSilent = health.lastFailureAt !== null && now - health.lastFailureAt > SILENCE_MS
  const failingSince = wasSilent ? now : (health.failingSince ?? now)
  const disable = health.state === 'disabled' || !hasSwitch ? null : disableReason(report, now - failingSince)
  if (disable !== null) {
    const failures = health.failures + 1
    return { state: 'disabled', failures, failingSince, lastFailureAt: now, pausedUntil: null, disable }
  }
  if (health.state === 'disabled' || (health.state === 'failing' && !report.probe)) return { ...health, disable: null }

  const failures = health.failures + 1
  const state = failures >= FAILURES_MAX ? 'failing' : 'healthy'
  const breakerMs = state === 'failing' ? doubledPauseMs(FAILING_PAUSE, failures - FAILURES_MAX + 1) : 0
  const slowMs = report.slow ? doubledPauseMs(SLOW_PAUSE, failures) : 0
  const until = Math.max(now + Math.max(breakerMs, slowMs), report.askedUntil ?? 0)
  return { state, failures, failingSince, lastFailureAt: now, pausedUntil: until > now ? until : null, disable: null }
}

function disableReason(report: Extract<AddressReport, { kind: 'failed' }>, withoutSuccessMs: number): string | null {
  if (report.gone) return 'The receiver answered 410 Gone.'
  if (withoutSuccessMs >= DISABLE_AFTER_MS) return 'No attempt has succeeded for 5 days.'
  return null
}

/** As it begins, and but for the time of its last failure as a success leaves it. */
export const HEALTHY: AddressHealth = {
  state: 'healthy',
  failures: 0,
  failingSince: null,
  lastFailureAt: null,
  pausedUntil: null,
}

/**
 * A success ends the failing state with its pause. The pause of a healthy address goes on: the attempt was under way
 * when the receiver asked for patience, and says nothing about that. A disabled one stays so: a test arrived.
 */
export function afterSuccess(health: AddressHealth, now: number): AddressHealth {
  if (health.state === 'disabled') return health
  const { lastFailureAt, pausedUntil } = health
  if (health.state === 'failing' || !isPaused(health, now)) return { ...HEALTHY, lastFailureAt }
  return { ...HEALTHY, lastFailureAt, pausedUntil }
}

/** `last_success_at` is for people: this is how exact it is, so that a busy address is not written for each success. */
export const LAST_SUCCESS_STEP_MS = 60_000
