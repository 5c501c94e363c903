import type { DeliveryDetail } from '@ringback/contract'
import { Link } from '@tanstack/react-router'
import { inAddress } from '../../lib/in-address.ts'
import { Fact, Facts } from '../../ui/facts.tsx'
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
    <Facts>
      <Fact label="To">
        {webhookName === null ? (
          recipientOf(delivery)
        ) : (
          <Link
            to="/webhooks/$webhookId"
            params={{ webhookId: inAddress(webhookName, delivery.webhook_id ?? webhookName) }}
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
          <Link
            to="/jobs/$jobId"
            params={{ jobId: delivery.job_id }}
            className="font-mono text-[12.5px] break-all text-accent hover:underline"
          >
            {delivery.job_id}
          </Link>
        ) : (
          `none: a ${delivery.trigger}`
        )}
      </Fact>
      <Fact label={delivery.delivered_at ? 'Delivered' : 'Created'}>
        <Time iso={delivery.delivered_at ?? delivery.created_at} />
      </Fact>
    </Facts>
  )
}

/** Who is told when it is no webhook that there is. */
function recipientOf({ webhook_id, listener_id }: DeliveryDetail): string {
  if (webhook_id !== null) return 'A webhook that was deleted'
  return listener_id === null ? 'Job webhook' : 'A listener: ringback listen on a laptop'
}
