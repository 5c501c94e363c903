import type { Webhook } from '@ringback/contract'
import { RefreshCcw } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../../ui/button.tsx'
import { Card } from '../../../ui/card.tsx'
import { Code } from '../../../ui/code.tsx'
import { Time } from '../../../ui/time.tsx'
import { toast } from '../../../ui/toast.tsx'
import { RotationDialog } from './rotation-dialog.tsx'
import { WebhookSecretOnce } from './webhook-secret-once.tsx'

/** Which secrets and keys sign now and until when, what receivers verify with, and replacing the present ones. */
export function Signers({ webhook }: { readonly webhook: Webhook }) {
  const [rotating, setRotating] = useState<'secret' | 'key' | null>(null)
  const [secret, setSecret] = useState<string | null>(null)
  if (!webhook.has_secret) return null
  const { previous_secret_until: until, public_key: publicKey, previous_public_key: previousKey } = webhook
  return (
    <Card
      title="Secret and key"
      hint="After a rotation the old one signs too in webhook-signature; X-Signature uses the new secret at once."
      actions={
        <>
          <Button icon={<RefreshCcw className="size-4" />} onClick={() => setRotating('secret')}>
            Rotate secret
          </Button>
          {publicKey !== null && (
            <Button icon={<RefreshCcw className="size-4" />} onClick={() => setRotating('key')}>
              Rotate key
            </Button>
          )}
        </>
      }
    >
      <dl className="divide-y divide-line text-sm [&>div]:flex [&>div]:flex-wrap [&>div]:justify-between [&>div]:gap-x-4 [&>div]:gap-y-2 [&>div]:px-5 [&>div]:py-3">
        <div>
          <dt>Present secret</dt>
          <dd className="text-muted">signs, with no end</dd>
        </div>
        <div>
          <dt>Secret before it</dt>
          <Previous until={webhook.has_previous_secret ? until : null} />
        </div>
        <div>
          <dt>Key pair (ed25519)</dt>
          <dd className="text-muted">{publicKey === null ? 'off' : 'on: signs too, with no end'}</dd>
          <PublicKey text={publicKey} label="Public key" />
        </div>
        {publicKey !== null && (
          <div>
            <dt>Key before it</dt>
            <Previous until={previousKey === null ? null : until} />
            <PublicKey text={previousKey} label="Public key before it" />
          </div>
        )}
      </dl>
      {rotating && (
        <RotationDialog
          webhook={webhook}
          what={rotating}
          onClose={() => setRotating(null)}
          onRotated={(next) => {
            setRotating(null)
            setSecret(next)
            if (next === null) toast('A new key signs. Give its public key to your receivers.')
          }}
        />
      )}
      {secret !== null && <WebhookSecretOnce secret={secret} onClose={() => setSecret(null)} />}
    </Card>
  )
}

/** Until when the one before signs too; null when none does. */
function Previous({ until }: { readonly until: string | null }) {
  return (
    <dd className="text-muted">
      {until ? (
        <>
          signs too, ends <Time iso={until} />
        </>
      ) : (
        'none signs'
      )}
    </dd>
  )
}

function PublicKey({ text, label }: { readonly text: string | null; readonly label: string }) {
  if (text === null) return null
  return (
    <dd className="w-full">
      <Code text={text} label={label} />
    </dd>
  )
}
