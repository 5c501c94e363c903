import { ATTEMPT_CAUSES, DELIVERY_STATUSES, DELIVERY_TRIGGERS } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { useJobTypes } from '../../api/account.ts'
import { webhooksQuery } from '../../api/webhooks.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/field.tsx'
import { CAUSES } from '../../ui/status.tsx'
import { type DeliverySearch, isFiltered } from './search.ts'

const RANGE_LABELS = { '1h': 'Last hour', '24h': 'Last 24 hours', '7d': 'Last 7 days', '30d': 'Last 30 days' }
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
  const pairs = <Value extends string>(values: readonly Value[], labels: Readonly<Record<Value, string>>) =>
    values.map((value) => [value, labels[value]] as const)

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
        options={Object.entries(RANGE_LABELS) as [keyof typeof RANGE_LABELS, string][]}
        onChange={(range) => set({ range, since: undefined, until: undefined })}
      />
      {isFiltered(search) && (
        <Button
          look="quiet"
          size="sm"
          icon={<X className="size-3.5" />}
          onClick={() => void navigate({ to: '/deliveries', search: {}, replace: true })}
        >
          Clear filters
        </Button>
      )}
    </search>
  )
}

function Filter<Value extends string>({
  id,
  label,
  all,
  value,
  options,
  onChange,
}: {
  readonly id?: string
  readonly label: string
  readonly all: string
  readonly value: Value | undefined
  readonly options: readonly (readonly [value: Value, label: string])[]
  readonly onChange: (value: Value | undefined) => void
}) {
  // A value from a link that is no option (a removed webhook) is shown all the same: it is what the list is filtered by.
  const isKnown = value === undefined || options.some(([option]) => option === value)
  return (
    <Select
      id={id}
      aria-label={label}
      className={`h-8! w-auto! max-w-40 px-1.5! text-[13px] ${value === undefined ? 'text-muted!' : 'border-accent! font-medium'}`}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value === '' ? undefined : (event.target.value as Value))}
    >
      <option value="">{all}</option>
      {!isKnown && <option value={value}>{value}</option>}
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </Select>
  )
}
