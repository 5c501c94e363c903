import type { Job } from '@ringback/contract'
import { getRouteApi, Outlet } from '@tanstack/react-router'
import { useState } from 'react'
import { useLiveList } from '../../api/list.ts'
import { useShortcuts } from '../../lib/keyboard.ts'
import { useFilters } from '../../lib/range.ts'
import { liveShortcuts } from '../../lib/row-moves.ts'
import { LiveButton, LiveList } from '../../ui/live-list.tsx'
import { Page } from '../../ui/page.tsx'
import { JobFilters } from './job-filters.tsx'
import { JobTable } from './job-table.tsx'
import { NoJobs } from './no-jobs.tsx'

const route = getRouteApi('/shell/jobs')
const WHAT = ['job', 'jobs'] as const

/** Every piece of work, newest first; details open beside it. */
export function JobsView() {
  const search = route.useSearch()
  const filters = useFilters(search)
  const [isLive, setLive] = useState(true)
  const live = useLiveList<Job>({ name: 'jobs', filters }, isLive)
  useShortcuts(liveShortcuts(WHAT, { isLive, setLive, showNew: live.showNew }))

  return (
    <Page
      title="Jobs"
      hint="One piece of AI work each. Open one to see what went in, what came out, and who was told."
      actions={<LiveButton isLive={isLive} onChange={setLive} />}
    >
      <div className="flex flex-col gap-3">
        <JobFilters search={search} />
        <LiveList what={WHAT} live={live} empty={<NoJobs search={search} />}>
          <JobTable rows={live.rows} search={search} />
        </LiveList>
      </div>
      <Outlet />
    </Page>
  )
}
