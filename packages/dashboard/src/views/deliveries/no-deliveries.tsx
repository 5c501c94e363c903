import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Send, Webhook as WebhookIcon } from 'lucide-react'
import { webhooksQuery } from '../../api/webhooks.ts'
import { isFiltered } from '../../lib/range.ts'
import { buttonClass } from '../../ui/button.tsx'
import { EmptyState, NothingMatches } from '../../ui/states.tsx'
import { FirstJob } from '../first-job.tsx'
import { SetUpWebhook } from '../set-up-webhook.tsx'
import type { DeliverySearch } from './search.ts'

/** Why the list is empty, which is one of three things: the filters, no webhook that is on, or no job yet. */
export function NoDeliveries({ search }: { readonly search: DeliverySearch }) {
  const { data: webhooks } = useQuery(webhooksQuery)
  if (isFiltered(search)) {
    return (
      <NothingMatches
        clear={
          <Link to="/deliveries" search={{}} className={buttonClass()}>
            Clear filters
          </Link>
        }
      >
        There may be deliveries that were created at another time, or with another status.
      </NothingMatches>
    )
  }
  const isAnyOn = webhooks?.some(({ enabled, name }) => enabled && name !== 'operational') ?? true
  if (!isAnyOn) {
    return (
      <EmptyState icon={WebhookIcon} title="No webhook is switched on" action={<SetUpWebhook />}>
        Give a URL and a secret, send a test, and every job that finishes from then on is told there.
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={Send} title="Ready: nothing has been told yet">
      <p>Post a job, and its webhook appears here the moment it has finished.</p>
      <FirstJob />
    </EmptyState>
  )
}
