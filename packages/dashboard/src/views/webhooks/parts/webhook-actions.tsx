import type { Webhook } from '@ringback/contract'
import { Link, useNavigate } from '@tanstack/react-router'
import { Power, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useChangeWebhook, useRemoveWebhook } from '../../../api/webhooks.ts'
import { plural } from '../../../lib/format.ts'
import { Button, buttonClass } from '../../../ui/button.tsx'
import { Dialog, DialogActions } from '../../../ui/dialog.tsx'
import { FormError } from '../../../ui/states.tsx'
import { toast } from '../../../ui/toast.tsx'

/** What can be done with a webhook as a whole. What cannot be taken back asks first, and says what it means. */
export function WebhookActions({ webhook }: { readonly webhook: Webhook }) {
  const [asking, setAsking] = useState<'off' | 'delete' | null>(null)
  const change = useChangeWebhook(webhook.id)
  const isFixed = webhook.name === 'default' || webhook.name === 'operational'
  const switchTo = (enabled: boolean) =>
    change.mutate(
      { enabled },
      {
        onSuccess: () => {
          setAsking(null)
          toast(enabled ? 'The webhook is on.' : 'The webhook is off.')
        },
        onError: (error) => enabled && toast(error.message, 'bad'),
      },
    )
  return (
    <>
      <Link to="/deliveries" search={{ webhook: webhook.name }} className={buttonClass()}>
        Deliveries
      </Link>
      <Button
        icon={<Power className="size-4" />}
        busy={change.isPending}
        onClick={() => (webhook.enabled ? setAsking('off') : switchTo(true))}
      >
        {webhook.enabled ? 'Switch off' : 'Switch on'}
      </Button>
      {!isFixed && (
        <Button look="danger" icon={<Trash2 className="size-4" />} onClick={() => setAsking('delete')}>
          Delete
        </Button>
      )}
      <Dialog
        open={asking === 'off'}
        onClose={() => setAsking(null)}
        title={`Switch "${webhook.name}" off?`}
        hint={`It is told nothing until it is on again. ${waitingText(webhook)}`}
      >
        <FormError error={change.error} />
        <DialogActions>
          <Button onClick={() => setAsking(null)}>Keep it on</Button>
          <Button look="primary" busy={change.isPending} onClick={() => switchTo(false)}>
            Switch off
          </Button>
        </DialogActions>
      </Dialog>
      {asking === 'delete' && <DeleteDialog webhook={webhook} onClose={() => setAsking(null)} />}
    </>
  )
}

function waitingText({ waiting }: Webhook): string {
  if (waiting === 0) return 'Nothing waits for it now.'
  return `${plural(waiting, 'delivery waits', 'deliveries wait')} for it and will be discarded; they can be recovered.`
}

function DeleteDialog({ webhook, onClose }: { readonly webhook: Webhook; readonly onClose: () => void }) {
  const remove = useRemoveWebhook(webhook.id)
  const navigate = useNavigate()
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Delete "${webhook.name}"?`}
      hint={`Its URL, secret and rules are gone for good; its deliveries stay readable. ${waitingText(webhook)}`}
    >
      <FormError error={remove.error} />
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button
          look="danger"
          busy={remove.isPending}
          onClick={() =>
            remove.mutate(undefined, {
              onSuccess: () => {
                toast(`The webhook "${webhook.name}" was deleted.`)
                void navigate({ to: '/webhooks' })
              },
            })
          }
        >
          Delete the webhook
        </Button>
      </DialogActions>
    </Dialog>
  )
}
