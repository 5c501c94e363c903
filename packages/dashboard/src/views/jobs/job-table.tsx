import type { Job } from '@ringback/contract'
import { Link } from '@tanstack/react-router'
import { formatDuration, shortId } from '../../lib/format.ts'
import { JobBadge } from '../../ui/status.tsx'
import { Time } from '../../ui/time.tsx'
import { jobErrorTitle } from './job-error-title.ts'
import { runTimeMs } from './run-time.ts'
import type { JobSearch } from './search.ts'

/** The rows of the list. Each row is a link; on a phone the columns stand below each other. */
export function JobTable({ rows, search }: { readonly rows: readonly Job[]; readonly search: JobSearch }) {
  return (
    <table className="w-full text-left text-[13px] max-md:block">
      <caption className="sr-only">Jobs, newest first</caption>
      <thead className="max-md:sr-only">
        <tr className="h-9 border-b border-line text-xs text-muted [&>th]:px-4 [&>th]:font-medium">
          <th scope="col">Status</th>
          <th scope="col">Job type</th>
          <th scope="col" className="text-right">
            Attempts
          </th>
          <th scope="col" className="text-right">
            Took
          </th>
          <th scope="col" className="text-right">
            Created
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line max-md:block">
        {rows.map((row) => (
          <Row key={row.id} row={row} search={search} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ row, search }: { readonly row: Job; readonly search: JobSearch }) {
  const tookMs = runTimeMs(row)
  return (
    <tr className="relative transition-colors hover:bg-raised has-[a:focus-visible]:bg-raised max-md:grid max-md:grid-cols-[1fr_auto] max-md:gap-x-3 max-md:gap-y-1.5 max-md:px-4 max-md:py-3 md:h-12 md:[&>td]:px-4">
      <td>
        <span className="flex flex-wrap items-center gap-2">
          <JobBadge status={row.status} />
          {row.error && <span className="text-xs text-muted">{jobErrorTitle(row.error.code)}</span>}
        </span>
      </td>
      <td className="max-md:order-3 max-md:col-span-2">
        <Link
          to="/jobs/$jobId"
          params={{ jobId: row.id }}
          search={search}
          data-row
          className="font-medium after:absolute after:inset-0"
        >
          {row.type}
        </Link>
        <span className="ml-2 font-mono text-xs text-faint">{shortId(row.id)}</span>
      </td>
      <td className="nums text-right text-muted max-md:hidden">{row.attempts}</td>
      <td className="nums text-right whitespace-nowrap text-muted max-md:hidden">
        {tookMs === null ? '–' : formatDuration(tookMs)}
      </td>
      <td className="text-right text-muted max-md:order-2">
        <Time iso={row.created_at} />
      </td>
    </tr>
  )
}
