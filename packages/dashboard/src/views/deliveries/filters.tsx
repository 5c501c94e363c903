import { ATTEMPT_CAUSES, DELIVERY_STATUSES, DELIVERY_TRIGGERS } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useJobTypes } from '../../api/account.ts'
import { webhooksQuery } from '../../api/webhooks.ts'
import { isFiltered, RANGE_OPTIONS } from '../../lib/range.ts'
import { ClearFilters, Filter, pairs } from '../../ui/filter.tsx'
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

/** The filters of the list; each stands in the address, so that a link shows the same. */
export function Filters({ search }: { readonly search: DeliverySearch }) {
  const navigate = useNavigate()
  const jobTypes = useJobTypes()
  const { data: webhooks = [] } = useQuery(webhooksQuery)
  const set = (change: Partial<DeliverySearch>) =>
    void navigate({ to: '/deliveries', search: { ...search, ...change }, replace: true })

  return (
    <search aria-label="Filters" className="flex flex-wrap items-center gap-2">
      <Filter
        id="filter-status"
        label="Status"
        all="Any status"
        value={search.status}
        options={pairs(DELIVERY_STATUSES, STATUS_LABELS)}
        onChange={(status) => set({ status })}
      />
      <Filter
        label="Webhook"
        all="Any webhook"
        value={search.webhook}
        options={webhooks.map(({ name }) => [name, name])}
        onChange={(webhook) => set({ webhook })}
      />
      <Filter
        label="Job type"
        all="Any job type"
        value={search.type}
        options={jobTypes.map((type) => [type, type])}
        onChange={(type) => set({ type })}
      />
      <Filter
        label="Cause"
        all="Any cause"
        value={search.cause}
        options={pairs(ATTEMPT_CAUSES, CAUSES)}
        onChange={(cause) => set({ cause })}
      />
      <Filter
        label="Trigger"
        all="Any trigger"
        value={search.trigger}
        options={pairs(DELIVERY_TRIGGERS, TRIGGER_LABELS)}
        onChange={(trigger) => set({ trigger })}
      />
      <Filter
        label="Time"
        all={search.since || search.until ? 'Chosen range' : 'Any time'}
        value={search.range}
        options={RANGE_OPTIONS}
        onChange={(range) => set({ range, since: undefined, until: undefined })}
      />
      {isFiltered(search) && (
        <ClearFilters onClear={() => void navigate({ to: '/deliveries', search: {}, replace: true })} />
      )}
    </search>
  )
}
