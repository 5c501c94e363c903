import type { Webhook, WebhookChangeRequest } from '@ringback/contract'
import { useState } from 'react'
import { withoutSaved } from '../../../lib/typed.ts'

/** The four fields of the announcement's form, and whether a key signs too. The secret is empty unless a new one was typed: it is never shown. */
export interface Settings {
  readonly enabled: boolean
  readonly url: string
  readonly secret: string
  readonly asymmetricSignature: boolean
  readonly includeResult: boolean
}

export interface SettingsDraft {
  readonly settings: Settings
  readonly isChanged: boolean
  /** What must be sent to save it. */
  readonly change: WebhookChangeRequest
  set(change: Partial<Settings>): void
  /** Forgets what was typed: it is not wanted. */
  reset(): void
  /** Forgets what was saved: what was typed when this draft was. */
  forgetSaved(): void
}

/**
 * What is in the form: the webhook as it is, with what was typed on top. The webhook may change on the server while
 * somebody types; only what was typed stays, and only that is saved.
 */
export function useSettingsDraft(webhook: Webhook): SettingsDraft {
  const [typed, setTyped] = useState<Partial<Settings>>({})
  const saved: Settings = {
    enabled: webhook.enabled,
    url: webhook.url ?? '',
    secret: '',
    asymmetricSignature: webhook.asymmetric_signature,
    includeResult: webhook.include_result,
  }
  const settings = { ...saved, ...typed }
  const change: WebhookChangeRequest = {
    ...(settings.enabled !== saved.enabled && { enabled: settings.enabled }),
    ...(settings.url !== saved.url && { url: settings.url.trim() === '' ? null : settings.url.trim() }),
    ...(settings.secret !== '' && { secret: settings.secret }),
    ...(settings.asymmetricSignature !== saved.asymmetricSignature && {
      asymmetric_signature: settings.asymmetricSignature,
    }),
    ...(settings.includeResult !== saved.includeResult && { include_result: settings.includeResult }),
  }
  return {
    settings,
    change,
    isChanged: Object.keys(change).length > 0,
    set: (next) => setTyped((before) => ({ ...before, ...next })),
    reset: () => setTyped({}),
    forgetSaved: () => setTyped((present) => withoutSaved(present, typed)),
  }
}
