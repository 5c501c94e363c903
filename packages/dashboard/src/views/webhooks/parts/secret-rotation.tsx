import type { Webhook } from '@ringback/contract'
import { RefreshCcw } from 'lucide-react'
import { useState } from 'react'
import { useRotateSecret } from '../../../api/webhooks.ts'
import { useNow } from '../../../lib/clock.ts'
import { exactTime } from '../../../lib/format.ts'
import { Button } from '../../../ui/button.tsx'
import { Card } from '../../../ui/card.tsx'
import { Dialog, DialogActions } from '../../../ui/dialog.tsx'
import { Field, Select } from '../../../ui/field.tsx'
import { FormError } from '../../../ui/states.tsx'
import { Time } from '../../../ui/time.tsx'
import { WebhookSecretOnce } from './webhook-secret-once.tsx'

const HOUR_MS = 3_600_000

/** The grace times that are offered; the API takes any from 0 s to 7 d. */
const GRACES = [
  { value: '0s', text: 'None: only the new one signs', ms: 0 },
  { value: '1h', text: '1 hour', ms: HOUR_MS },
  { value: '24h', text: '24 hours', ms: 24 * HOUR_MS },
  { value: '72h', text: '3 days', ms: 72 * HOUR_MS },
  { value: '7d', text: '7 days', ms: 168 * HOUR_MS },
] as const

/** Which secrets sign now and until when, and replacing the present one. */
export function SecretRotation({ webhook }: { readonly webhook: Webhook }) {
  const [isAsking, setAsking] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  if (!webhook.has_secret) return null
  const until = webhook.previous_secret_until
  return (
    <Card
      title="Secrets"
      hint="The old secret goes on signing beside the new one in webhook-signature; X-Signature uses the new one at once."
      actions={
        <Button icon={<RefreshCcw className="size-4" />} onClick={() => setAsking(true)}>
          Rotate secret
        </Button>
      }
    >
      <dl className="divide-y divide-line text-sm [&>div]:flex [&>div]:justify-between [&>div]:gap-4 [&>div]:px-5 [&>div]:py-3">
        <div>
          <dt>Present secret</dt>
          <dd className="text-muted">signs, with no end</dd>
        </div>
        <div>
          <dt>Secret before it</dt>
          <dd className="text-muted">
            {until ? (
              <>
                signs too, ends <Time iso={until} />
              </>
            ) : (
              'none signs'
            )}
          </dd>
        </div>
      </dl>
      {isAsking && (
        <RotateDialog
          webhook={webhook}
          onClose={() => setAsking(false)}
          onRotated={(next) => {
            setAsking(false)
            setSecret(next)
          }}
        />
      )}
      {secret !== null && <WebhookSecretOnce secret={secret} onClose={() => setSecret(null)} />}
    </Card>
  )
}

function RotateDialog({
  webhook,
  onClose,
  onRotated,
}: {
  readonly webhook: Webhook
  readonly onClose: () => void
  readonly onRotated: (secret: string | null) => void
}) {
  const [grace, setGrace] = useState<(typeof GRACES)[number]>(GRACES[2])
  const rotate = useRotateSecret(webhook.id)
  const now = useNow()
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Rotate the secret of "${webhook.name}"`}
      hint="A new secret is made and shown once. Put it into your receiver before the old one ends."
    >
      <Field label="How long the old secret goes on signing">
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
          <dt className="text-muted">New secret signs</dt>
          <dd className="nums">from now on, with no end</dd>
        </div>
        <div>
          <dt className="text-muted">Old secret ends</dt>
          <dd className="nums text-right">
            {grace.ms === 0 ? 'at once' : exactTime(new Date(now + grace.ms).toISOString()).split(' · ')[1]}
          </dd>
        </div>
      </dl>
      <FormError error={rotate.error} />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
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
