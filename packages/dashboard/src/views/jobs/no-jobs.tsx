import { Link } from '@tanstack/react-router'
import { Sparkles } from 'lucide-react'
import { isFiltered } from '../../lib/range.ts'
import { buttonClass } from '../../ui/button.tsx'
import { EmptyState, NothingMatches } from '../../ui/states.tsx'
import { FirstJob } from '../first-job.tsx'
import type { JobSearch } from './search.ts'

/** Why the list is empty: the filters, or no job yet. */
export function NoJobs({ search }: { readonly search: JobSearch }) {
  if (isFiltered(search)) {
    return (
      <NothingMatches
        clear={
          <Link to="/jobs" search={{}} className={buttonClass()}>
            Clear filters
          </Link>
        }
      >
        There may be jobs of another type, of another time, or with another status.
      </NothingMatches>
    )
  }
  return (
    <EmptyState
      icon={Sparkles}
      title="No job yet"
      action={
        <Link to="/playground" className={buttonClass({ look: 'primary' })}>
          Try one in the playground
        </Link>
      }
    >
      <p>Post one, and it appears here at once.</p>
      <FirstJob />
    </EmptyState>
  )
}
