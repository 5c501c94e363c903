import type { ModelUsage, Overview } from '@ringback/contract'
import { Link } from '@tanstack/react-router'
import { formatAbout, formatCost, formatCount, plural } from '../../lib/format.ts'
import { Card } from '../../ui/card.tsx'
import { TableHead } from '../../ui/table.tsx'
import { jobsBehind } from './behind.ts'

/** What the jobs used of each model, the most expensive first. */
export function Models({ overview }: { readonly overview: Overview }) {
  const { jobs } = overview
  const unpriced = jobs.models.reduce((sum, { unpriced_runs }) => sum + unpriced_runs, 0)
  return (
    <Card
      title="Models and cost"
      hint={unpriced > 0 ? `Without ${plural(unpriced, 'run')} whose price is not known` : undefined}
    >
      {jobs.models.length === 0 ? (
        <p className="px-5 py-8 text-center text-sm text-muted">No job asked a model in this time.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
        <section aria-label="Models" tabIndex={0} className="overflow-x-auto rounded-b-xl">
          <table className="w-full text-left text-[13px] whitespace-nowrap">
            <TableHead
              wide
              columns={[
                'Model',
                { name: 'Runs', right: true },
                { name: 'Tokens in, out', right: true, className: 'max-sm:hidden' },
                { name: 'Cost', right: true },
              ]}
            />
            <tbody className="divide-y divide-line">
              {jobs.models.map((usage) => (
                <Row key={`${usage.provider}/${usage.model}`} usage={usage} overview={overview} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Card>
  )
}

function Row({ usage, overview }: { readonly usage: ModelUsage; readonly overview: Overview }) {
  const model = `${usage.provider}/${usage.model}`
  const isUnknown = usage.unpriced_runs === usage.runs
  return (
    <tr className="h-11 [&>*]:px-5">
      <th scope="row" className="max-w-56 truncate font-mono text-[12.5px] font-normal">
        <Link to="/jobs" search={jobsBehind(overview, { model })} data-row title={model} className="hover:underline">
          {model}
        </Link>
      </th>
      <td className="nums text-right">{formatCount(usage.runs)}</td>
      <td className="nums text-right max-sm:hidden">
        {formatAbout(usage.input_tokens)}, {formatAbout(usage.output_tokens)}
      </td>
      <td className="nums text-right">{formatCost(isUnknown ? null : usage.cost_micro_usd)}</td>
    </tr>
  )
}
