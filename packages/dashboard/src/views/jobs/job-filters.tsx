import { JOB_STATUSES } from '@ringback/contract'
import { useNavigate } from '@tanstack/react-router'
import { useJobTypes } from '../../api/account.ts'
import { isFiltered, RANGE_OPTIONS } from '../../lib/range.ts'
import { ClearFilters, Filter, pairs } from '../../ui/filter.tsx'
import { JOB_STATUS_LABELS } from '../../ui/status.tsx'
import type { JobSearch } from './search.ts'

/** The filters of the list; each stands in the address, so that a link shows the same. */
export function JobFilters({ search }: { readonly search: JobSearch }) {
  const navigate = useNavigate()
  const jobTypes = useJobTypes()
  const go = (next: JobSearch) => void navigate({ to: '/jobs', search: next, replace: true })
  const set = (change: Partial<JobSearch>) => go({ ...search, ...change })

  return (
    <search aria-label="Filters" className="flex flex-wrap items-center gap-2">
      <Filter
        id="filter-status"
        label="Status"
        all="Any status"
        value={search.status}
        options={pairs(JOB_STATUSES, JOB_STATUS_LABELS)}
        onChange={(status) => set({ status })}
      />
      <Filter
        label="Job type"
        all="Any job type"
        value={search.type}
        options={jobTypes.map((type) => [type, type])}
        onChange={(type) => set({ type })}
      />
      <Filter
        label="Time"
        all={search.since || search.until ? 'Chosen range' : 'Any time'}
        value={search.range}
        options={RANGE_OPTIONS}
        onChange={(range) => set({ range, since: undefined, until: undefined })}
      />
      {isFiltered(search) && <ClearFilters onClear={() => go({})} />}
    </search>
  )
}
