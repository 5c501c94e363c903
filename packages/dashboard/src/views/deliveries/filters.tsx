import { ATTEMPT_CAUSES, DELIVERY_STATUSES, DELIVERY_TRIGGERS } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useJobTypes } from '../../api/account.ts'
import { webhooksQuery } from '../../api/webhooks.ts'
import { pairs } from '../../ui/filter.tsx'
import { ListFilters } from '../../ui/list-filters.tsx'
import { CAUSES } from '../../ui/status.tsx'
import type { DeliverySearch } from './search.ts'

const TRIGGER_LABELS = { job: 'Jobs', test: 'Tests', event: 'Webhook events' }
const STATUS_LABELS = {
  waiting: 'Waiting',
  sending: 'Sending',
  delivered: 'Delivered',
  failed: 'Failed',
  discarded: 'Discarded',
}

/** What deliveries can be filtered by. */
export function Filters({ search }: { readonly search: DeliverySearch }) {
  const navigate = useNavigate()
  const jobTypes = useJobTypes()
  const { data: webhooks = [] } = useQuery(webhooksQuery)
  return (
    <ListFilters
      search={search}
      onChange={(next) => void navigate({ to: '/deliveries', search: next, replace: true })}
      filters={[
        { name: 'status', label: 'Status', all: 'Any status', options: pairs(DELIVERY_STATUSES, STATUS_LABELS) },
        { name: 'webhook', label: 'Webhook', all: 'Any webhook', options: webhooks.map(({ name }) => [name, name]) },
        { name: 'type', label: 'Job type', all: 'Any job type', options: jobTypes.map((type) => [type, type]) },
        { name: 'cause', label: 'Cause', all: 'Any cause', options: pairs(ATTEMPT_CAUSES, CAUSES) },
        { name: 'trigger', label: 'Trigger', all: 'Any trigger', options: pairs(DELIVERY_TRIGGERS, TRIGGER_LABELS) },
      ]}
    />
  )
}
