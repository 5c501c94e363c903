import type { DeliveryDetail } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Ban, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { deliveryQuery, useDiscard, useResend } from '../../api/deliveries.ts'
import { useWebhookNames } from '../../api/webhooks.ts'
import { AttemptDetails } from '../../ui/attempt/attempt-details.tsx'
import { Button } from '../../ui/button.tsx'
import { Code } from '../../ui/code.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Drawer } from '../../ui/dialog.tsx'
import { Removed } from '../../ui/removed.tsx'
import { ErrorState, Skeleton } from '../../ui/states.tsx'
import { DeliveryBadge } from '../../ui/status.tsx'
import { toast } from '../../ui/toast.tsx'
import { DeliveryFacts } from './delivery-facts.tsx'
import { Timeline } from './timeline-list.tsx'

const route = getRouteApi('/shell/deliveries/$deliveryId')

/** One delivery beside the list, at an address of its own: its timeline, and each attempt with all that went over the wire. */
export function DeliveryDrawer() {
  const { deliveryId } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const delivery = useQuery(deliveryQuery(deliveryId))
  const isGone = delivery.error instanceof ApiError && delivery.error.status === 404
  return (
    <Drawer
      open
      onClose={() => void navigate({ to: '/deliveries', search })}
      title={
        <>
          {delivery.data?.job_type ?? 'Delivery'}
          {delivery.data && <DeliveryBadge status={delivery.data.status} />}
        </>
      }
      hint={<span className="font-mono text-[12.5px] break-all max-sm:text-[11px]">{deliveryId}</span>}
      beside={<CopyButton text={location.href} iconOnly label="Copy the link to this delivery" />}
      actions={delivery.data && <Actions delivery={delivery.data} />}
    >
      {isGone && (
        <p className="text-sm leading-6 text-muted">
          This account has no such delivery. The link may be incomplete, or of another account.
        </p>
      )}
      {delivery.error && !isGone && !delivery.data && (
        <ErrorState error={delivery.error} onRetry={() => void delivery.refetch()} />
      )}
      {delivery.isPending && <Skeleton className="h-96 w-full" />}
      {delivery.data && <Details key={delivery.data.id} delivery={delivery.data} />}
    </Drawer>
  )
}

function Details({ delivery }: { readonly delivery: DeliveryDetail }) {
  const names = useWebhookNames()
  const [chosen, setChosen] = useState<number | null>(null)
  const { attempts, webhook_id: webhookId } = delivery
  const attempt = attempts.find(({ number }) => number === chosen) ?? attempts.at(-1)
  const webhookName = webhookId === null ? null : (names.get(webhookId) ?? null)
  const isJobWebhook = webhookId === null && delivery.listener_id === null
  const signer = isJobWebhook ? 'default' : webhookName
  return (
    <div className="flex flex-col gap-7">
      <DeliveryFacts delivery={delivery} webhookName={webhookName} />
      <section aria-label="Timeline">
        <h3 className="mb-3 text-sm font-semibold">Timeline</h3>
        <Timeline delivery={delivery} chosen={attempt?.number ?? null} onChoose={setChosen} />
      </section>
      {attempt ? (
        <section aria-label={`Attempt ${attempt.number}`}>
          <h3 className="mb-3 text-sm font-semibold">
            Attempt {attempt.number}
            <span className="font-normal text-muted"> of {attempts.length}</span>
          </h3>
          <AttemptDetails key={attempt.number} attempt={attempt} body={delivery.body} signer={signer} />
        </section>
      ) : (
        <section aria-label="Body">
          <h3 className="mb-3 text-sm font-semibold">Body</h3>
          {delivery.body === null ? <Removed /> : <Code text={delivery.body} label="Request body" />}
        </section>
      )}
    </div>
  )
}

function Actions({ delivery }: { readonly delivery: DeliveryDetail }) {
  const resend = useResend(delivery.id)
  const discard = useDiscard(delivery.id)
  return (
    <>
      {delivery.status === 'waiting' && (
        <Button
          size="sm"
          look="quiet"
          busy={discard.isPending}
          icon={<Ban className="size-3.5" />}
          onClick={() =>
            discard.mutate(undefined, {
              onSuccess: () => toast('Given up. It can be resent or recovered.'),
              onError: (error) => toast(error.message, 'bad'),
            })
          }
        >
          Give up
        </Button>
      )}
      <Button
        size="sm"
        busy={resend.isPending}
        disabled={delivery.status === 'sending' || delivery.payload_removed_at !== null}
        icon={<RotateCcw className="size-3.5" />}
        onClick={() =>
          resend.mutate(undefined, {
            onSuccess: ({ message }) => toast(message),
            onError: (error) => toast(error.message, 'bad'),
          })
        }
      >
        Resend
      </Button>
    </>
  )
}
