import { AppError, type FieldProblem } from '../lib/errors.ts'
import { isoTime } from '../lib/iso-time.ts'
import type { WebhookChange, WebhookRow } from '../store/webhooks.ts'
import { presentSigners, previousSecretEnd, readGrace, replaceSigners } from './rotation.ts'
import { generateSecret } from './secrets.ts'
import { generateSigningKey } from './signers.ts'
import { invalidSettings, problemsOfSecret, type WebhookSettingsOptions } from './wanted-settings.ts'

/** How a person wants a secret replaced. */
export interface WantedRotation {
  /** Generated when left out. */
  readonly secret?: string | undefined
  /** How long the old one goes on signing too, as a duration; 24 h when left out. */
  readonly grace?: string | undefined
}

/**
 * Plans a rotation. A webhook has one previous secret, and a rotation that would end it before its time is refused:
 * receivers may still verify with it. A grace of nothing is always taken, because that is how a leaked secret is ended.
 * @throws AppError `webhook.rotation_running` with the time when it is possible again, `request.invalid`
 */
export function planRotation(
  { vault, clock }: Pick<WebhookSettingsOptions, 'vault' | 'clock'>,
  webhook: WebhookRow,
  wanted: WantedRotation,
): { readonly change: WebhookChange; readonly generatedSecret: string | null } {
  const present = presentSigners(vault, webhook)
  const problems = [...problemsOfSecret(wanted.secret)]
  if (wanted.secret !== undefined && wanted.secret === present?.secret) {
    problems.push({ field: 'secret', message: 'is the present one; a rotation needs another' })
  }
  const times = readTimes(clock.now(), webhook, wanted.grace, problems)
  const generatedSecret = wanted.secret === undefined ? generateSecret() : null
  const secret = wanted.secret ?? (generatedSecret as string)
  const signers = { secret, signingKey: present?.signingKey ?? null }
  return { change: replaceSigners(vault, webhook, { signers, ...times }), generatedSecret }
}

/**
 * Plans the rotation of a key, by the rules of {@link planRotation}: secret and key have one previous pair.
 * @throws AppError `webhook.key_missing` when the webhook has no asymmetric signature, `webhook.rotation_running`,
 *   `request.invalid`
 */
export function planKeyRotation(
  { vault, clock }: Pick<WebhookSettingsOptions, 'vault' | 'clock'>,
  webhook: WebhookRow,
  { grace }: Pick<WantedRotation, 'grace'>,
): WebhookChange {
  const present = presentSigners(vault, webhook)
  if (present === null || present.signingKey === null) {
    throw new AppError('webhook.key_missing', {
      detail: 'The webhook has no asymmetric signature: PATCH {"asymmetric_signature": true} makes a key.',
    })
  }
  const times = readTimes(clock.now(), webhook, grace, [])
  const signers = { secret: present.secret, signingKey: generateSigningKey() }
  return replaceSigners(vault, webhook, { signers, ...times })
}

/** Reads the grace time, and refuses a rotation that is wrong in any way or would end an earlier one. */
function readTimes(now: number, webhook: WebhookRow, text: string | undefined, problems: readonly FieldProblem[]) {
  const grace = readGrace(text)
  if ('problems' in grace) throw invalidSettings([...problems, ...grace.problems])
  if (problems.length > 0) throw invalidSettings(problems)
  const runningUntil = previousSecretEnd(webhook, now)
  if (runningUntil !== null && grace.graceMs > 0) throw rotationRunning(runningUntil)
  return { graceMs: grace.graceMs, now }
}

function rotationRunning(until: number): AppError {
  return new AppError('webhook.rotation_running', {
    detail:
      `What signed before the last rotation signs until ${isoTime(until)}, and another rotation would end it early. ` +
      'Rotate after that time, or send "grace": "0s", which ends every old secret and key at once.',
  })
}
