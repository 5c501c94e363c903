import { AppError } from '../lib/errors.ts'
import { isoTime } from '../lib/iso-time.ts'
import type { WebhookChange, WebhookRow } from '../store/webhooks.ts'
import { isPresentSecret, previousSecretEnd, readGrace, replaceSecret } from './rotation.ts'
import { generateSecret } from './secrets.ts'
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
  const now = clock.now()
  const grace = readGrace(wanted.grace)
  const problems = [...problemsOfSecret(wanted.secret), ...('problems' in grace ? grace.problems : [])]
  if (wanted.secret !== undefined && isPresentSecret(vault, webhook, wanted.secret)) {
    problems.push({ field: 'secret', message: 'is the present one; a rotation needs another' })
  }
  if (problems.length > 0 || 'problems' in grace) throw invalidSettings(problems)
  const runningUntil = previousSecretEnd(webhook, now)
  if (runningUntil !== null && grace.graceMs > 0) throw rotationRunning(runningUntil)
  const generatedSecret = wanted.secret === undefined ? generateSecret() : null
  const secret = wanted.secret ?? (generatedSecret as string)
  return { change: replaceSecret(vault, webhook, { secret, graceMs: grace.graceMs, now }), generatedSecret }
}

function rotationRunning(until: number): AppError {
  return new AppError('webhook.rotation_running', {
    detail:
      `The secret before the present one signs until ${isoTime(until)}, and another rotation would end it early. ` +
      'Rotate after that time, or send "grace": "0s", which ends both old secrets at once.',
  })
}
