import type { Webhook } from '@ringback/contract'
import { useState } from 'react'
import { useRotate } from '../../../api/webhooks.ts'
import { useNow } from '../../../lib/clock.ts'
import { exactTime } from '../../../lib/format.ts'
import { Button } from '../../../ui/button.tsx'
import { Dialog, DialogActions } from '../../../ui/dialog.tsx'
import { Field, Select } from '../../../ui/field.tsx'
import { FormError } from '../../../ui/states.tsx'
import { Time } from '../../../ui/time.tsx'

const HOUR_MS = 3_600_000

/** The grace times that are offered; the API takes any from 0 s to 7 d. */
const GRACES = [
  { value: '0s', text: 'None: only the new one signs', ms: 0 },
  { value: '1h', text: '1 hour', ms: HOUR_MS },
  { value: '24h', text: '24 hours', ms: 24 * HOUR_MS },
  { value: '72h', text: '3 days', ms: 72 * HOUR_MS },
  { value: '7d', text: '7 days', ms: 168 * HOUR_MS },
] as const

const HINTS = {
  secret: 'A new secret is made and shown once. Put it into your receiver before the old one ends.',
  key: 'A new key pair is made. Give its public key to your receivers before the old one ends.',
} as const

/** Asks how long the old secret or key goes on signing, and replaces it. */
export function RotationDialog({
  webhook,
  what,
  onClose,
  onRotated,
}: {
  readonly webhook: Webhook
  readonly what: 'secret' | 'key'
  readonly onClose: () => void
  /** Gets the new secret, which nobody sees again; null for a key. */
  readonly onRotated: (secret: string | null) => void
}) {
  const [grace, setGrace] = useState<(typeof GRACES)[number]>(GRACES[2])
  const rotate = useRotate(webhook.id, what)
  const now = useNow()
  const runningUntil = webhook.previous_secret_until
  return (
    // Not to be closed meanwhile: nobody would see the secret that is being made.
    <Dialog
      open
      modalOnly={rotate.isPending}
      onClose={onClose}
      title={`Rotate the ${what} of "${webhook.name}"`}
      hint={HINTS[what]}
    >
      <Field
        label={`How long the old ${what} goes on signing`}
        hint={
          runningUntil && (
            <p>
              The rotation before this one ends <Time iso={runningUntil} />. Until then only &ldquo;None&rdquo; can be
              chosen, and it ends every old secret and key at once.
            </p>
          )
        }
      >
        {(control) => (
          <Select
            {...control}
            value={grace.value}
            onChange={(event) => setGrace(GRACES.find(({ value }) => value === event.target.value) ?? GRACES[2])}
          >
            {GRACES.map(({ value, text }) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <dl className="flex flex-col gap-1.5 rounded-lg bg-raised px-4 py-3 text-[13px] [&>div]:flex [&>div]:justify-between [&>div]:gap-4">
        <div>
          <dt className="text-muted">New {what} signs</dt>
          <dd className="nums text-right">from now on, with no end</dd>
        </div>
        <div>
          <dt className="text-muted">Old {what} ends</dt>
          <dd className="nums text-right">
            {grace.ms === 0 ? 'at once' : exactTime(new Date(now + grace.ms).toISOString()).split(' · ')[1]}
          </dd>
        </div>
      </dl>
      <FormError error={rotate.error} />
      <DialogActions>
        <Button disabled={rotate.isPending} onClick={onClose}>
          Cancel
        </Button>
        <Button
          look="primary"
          busy={rotate.isPending}
          onClick={() => rotate.mutate({ grace: grace.value }, { onSuccess: ({ secret = null }) => onRotated(secret) })}
        >
          Rotate
        </Button>
      </DialogActions>
    </Dialog>
  )
}
