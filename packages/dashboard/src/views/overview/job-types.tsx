import type { JobTypeCounts, Overview } from '@ringback/contract'
import { Link } from '@tanstack/react-router'
import { Sparkles } from 'lucide-react'
import { useState } from 'react'
import { formatCount, plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { jobsBehind } from './behind.ts'

/** Types that are shown before somebody asks for the rest. */
const SHOWN_MAX = 8

const totalOf = ({ success, failed, open }: JobTypeCounts) => success + failed + open

/** How many jobs there were of each type, and how many of them failed. */
export function JobTypes({ overview }: { readonly overview: Overview }) {
  const [isWhole, setWhole] = useState(false)
  const { types } = overview.jobs
  const shown = isWhole ? types : types.slice(0, SHOWN_MAX)
  const most = Math.max(1, ...types.map(totalOf))
  return (
    <Card title="Jobs by type" hint={types.length === 0 ? undefined : `${plural(types.length, 'type')} in use`}>
      {types.length === 0 && (
        <EmptyState icon={Sparkles} title="No job in this time">
          What was told here is of jobs from before.
        </EmptyState>
      )}
      <ul className="divide-y divide-line">
        {shown.map((counts) => (
          <Row key={counts.type} counts={counts} most={most} overview={overview} />
        ))}
      </ul>
      {types.length > shown.length && (
        <div className="border-t border-line p-2 text-center">
          <Button look="quiet" size="sm" onClick={() => setWhole(true)}>
            Show {types.length - shown.length} more
          </Button>
        </div>
      )}
    </Card>
  )
}

function Row({
  counts,
  most,
  overview,
}: {
  readonly counts: JobTypeCounts
  readonly most: number
  readonly overview: Overview
}) {
  const { type, success, failed, open } = counts
  const width = (count: number) => ({ width: `${(count / most) * 100}%` })
  return (
    <li className="group px-5 py-3 hover:bg-raised">
      <div className="flex items-baseline gap-3 text-[13px]">
        <Link
          to="/jobs"
          search={jobsBehind(overview, { type })}
          data-row
          className="min-w-0 flex-1 truncate font-medium hover:underline"
        >
          {type}
        </Link>
        {failed > 0 && (
          <Link
            to="/jobs"
            search={jobsBehind(overview, { type, status: 'failed' })}
            className="nums whitespace-nowrap text-bad hover:underline"
          >
            {formatCount(failed)} failed
          </Link>
        )}
        <span className="nums min-w-8 text-right font-medium">{formatCount(totalOf(counts))}</span>
      </div>
      <div aria-hidden="true" className="mt-2 flex h-1.5 gap-px overflow-hidden rounded-full bg-raised">
        <span className="bg-chart-bad" style={width(failed)} />
        <span className="bg-chart-open" style={width(open)} />
        <span className="bg-chart-ok" style={width(success)} />
      </div>
    </li>
  )
}
