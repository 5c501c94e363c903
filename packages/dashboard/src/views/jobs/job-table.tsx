import type { Job } from '@ringback/contract'
import { Link } from '@tanstack/react-router'
import { formatDuration, shortId } from '../../lib/format.ts'
import { JobBadge } from '../../ui/status.tsx'
import { LINK_ROW, TableHead } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { jobErrorTitle } from './job-error-title.ts'
import { runTimeMs } from './run-time.ts'
import type { JobSearch } from './search.ts'

/** The rows of the list. Each row is a link; on a phone the columns stand below each other. */
export function JobTable({ rows, search }: { readonly rows: readonly Job[]; readonly search: JobSearch }) {
  return (
    <table className="w-full text-left text-[13px] max-md:block">
      <caption className="sr-only">Jobs, newest first</caption>
      <TableHead
        className="max-md:sr-only"
        columns={[
          'Status',
          'Job type',
          { name: 'Attempts', right: true },
          { name: 'Took', right: true },
          { name: 'Created', right: true },
        ]}
      />
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
    <tr className={LINK_ROW}>
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
