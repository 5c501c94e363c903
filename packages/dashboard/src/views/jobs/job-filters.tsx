import { JOB_STATUSES } from '@ringback/contract'
import { useNavigate } from '@tanstack/react-router'
import { useJobTypes } from '../../api/account.ts'
import { pairs } from '../../ui/filter.tsx'
import { ListFilters } from '../../ui/list-filters.tsx'
import { JOB_STATUS_LABELS } from '../../ui/status.tsx'
import type { JobSearch } from './search.ts'

/** What jobs can be filtered by. */
export function JobFilters({ search }: { readonly search: JobSearch }) {
  const navigate = useNavigate()
  const jobTypes = useJobTypes()
  return (
    <ListFilters
      search={search}
      onChange={(next) => void navigate({ to: '/jobs', search: next, replace: true })}
      filters={[
        { name: 'status', label: 'Status', all: 'Any status', options: pairs(JOB_STATUSES, JOB_STATUS_LABELS) },
        { name: 'type', label: 'Job type', all: 'Any job type', options: jobTypes.map((type) => [type, type]) },
        // Which models there were only the overview knows: it links here with one of them.
        ...(search.model === undefined
          ? []
          : [{ name: 'model', label: 'Model', all: 'Any model', options: [] } as const]),
      ]}
    />
  )
}
