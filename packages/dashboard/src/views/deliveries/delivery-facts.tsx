import type { DeliveryDetail } from '@ringback/contract'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Time } from '../../ui/time.tsx'

/** What a delivery is about, in a few lines. */
export function DeliveryFacts({
  delivery,
  webhookName,
}: {
  readonly delivery: DeliveryDetail
  readonly webhookName: string | null
}) {
  return (
    <dl className="grid gap-x-8 gap-y-3.5 text-[13px] sm:grid-cols-2">
      <Fact label="To">
        {webhookName === null ? (
          delivery.webhook_id ? (
            'A webhook that was deleted'
          ) : (
            'Job webhook'
          )
        ) : (
          <Link
            to="/webhooks/$webhookId"
            params={{ webhookId: webhookName }}
            className="font-medium text-accent hover:underline"
          >
            {webhookName}
          </Link>
        )}
      </Fact>
      <Fact label="URL">
        <span className="font-mono text-[12.5px] break-all">{delivery.url ?? 'none'}</span>
      </Fact>
      <Fact label="Job">
        {delivery.job_id ? (
          <span className="font-mono text-[12.5px] break-all">{delivery.job_id}</span>
        ) : (
          `none: a ${delivery.trigger}`
        )}
      </Fact>
      <Fact label={delivery.delivered_at ? 'Delivered' : 'Created'}>
        <Time iso={delivery.delivered_at ?? delivery.created_at} />
      </Fact>
    </dl>
  )
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="mt-0.5">{children}</dd>
    </div>
  )
}
