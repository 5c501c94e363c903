import { WAITING_COUNTED_MAX, type Webhook } from '@ringback/contract'
import { Link, useNavigate } from '@tanstack/react-router'
import { Power, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useChangeWebhook, useRemoveWebhook } from '../../../api/webhooks.ts'
import { formatWaiting, plural } from '../../../lib/format.ts'
import { Button, buttonClass } from '../../../ui/button.tsx'
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx'
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
      {asking === 'off' && (
        <ConfirmDialog
          title={`Switch "${webhook.name}" off?`}
          hint={`It is told nothing until it is on again. ${waitingText(webhook)}`}
          action="Switch off"
          keep="Keep it on"
          isHarmless
          doing={change}
          onConfirm={() => switchTo(false)}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'delete' && <DeleteDialog webhook={webhook} onClose={() => setAsking(null)} />}
    </>
  )
}

const MANY_WAIT = `${formatWaiting(WAITING_COUNTED_MAX)} deliveries wait`

function waitingText({ waiting }: Webhook): string {
  if (waiting === 0) return 'Nothing waits for it now.'
  const count = waiting < WAITING_COUNTED_MAX ? plural(waiting, 'delivery waits', 'deliveries wait') : MANY_WAIT
  return `${count} for it and will be discarded; they can be recovered.`
}

function DeleteDialog({ webhook, onClose }: { readonly webhook: Webhook; readonly onClose: () => void }) {
  const remove = useRemoveWebhook(webhook.id)
  const navigate = useNavigate()
  const onSuccess = () => {
    toast(`The webhook "${webhook.name}" was deleted.`)
    void navigate({ to: '/webhooks' })
  }
  return (
    <ConfirmDialog
      title={`Delete "${webhook.name}"?`}
      hint={`Its URL, secret and rules are gone for good; its deliveries stay readable. ${waitingText(webhook)}`}
      action="Delete the webhook"
      doing={remove}
      onConfirm={() => remove.mutate(undefined, { onSuccess })}
      onClose={onClose}
    />
  )
}
