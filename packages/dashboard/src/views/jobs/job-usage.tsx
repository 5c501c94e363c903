import type { JobDetail } from '@ringback/contract'
import { formatCost, formatCount, formatDuration } from '../../lib/format.ts'
import { Fact, Facts } from '../../ui/facts.tsx'
import { TableHead } from '../../ui/table.tsx'

/** What a job used of models, as a whole and run by run. */
export function JobUsage({ job: { usage, runs } }: { readonly job: JobDetail }) {
  return (
    <div className="flex flex-col gap-4">
      {usage && (
        <Facts>
          <Fact label="Cost">
            <span className="nums">{formatCost(usage.cost_micro_usd)}</span>
          </Fact>
          <Fact label="Models">
            <span className="font-mono text-[12.5px] break-all">{usage.models.join(', ') || 'none answered'}</span>
          </Fact>
          <Fact label="Tokens in">
            <span className="nums">{formatCount(usage.input_tokens)}</span>
            {usage.cached_tokens > 0 && (
              <span className="nums text-muted"> · {formatCount(usage.cached_tokens)} of them cached</span>
            )}
          </Fact>
          <Fact label="Tokens out">
            <span className="nums">{formatCount(usage.output_tokens)}</span>
            {usage.reasoning_tokens > 0 && (
              <span className="nums text-muted"> · {formatCount(usage.reasoning_tokens)} of them reasoning</span>
            )}
          </Fact>
        </Facts>
      )}
      {runs.length > 0 && <Runs runs={runs} />}
    </div>
  )
}

function Runs({ runs }: Pick<JobDetail, 'runs'>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section aria-label="Runs" tabIndex={0} className="overflow-x-auto rounded-lg border border-line">
      <table className="w-full text-left text-[13px] whitespace-nowrap">
        <TableHead
          columns={[
            'Run',
            'Outcome',
            'Model',
            { name: 'Calls', right: true },
            { name: 'Tokens in, out', right: true },
            { name: 'Took', right: true },
            { name: 'Cost', right: true },
          ]}
        />
        <tbody className="divide-y divide-line">
          {runs.map((run) => (
            <tr key={run.number} className="h-10 [&>td]:px-4">
              <td className="nums">{run.number}</td>
              <td>{run.outcome}</td>
              <td>{run.model === null ? '–' : run.provider === null ? run.model : `${run.provider}/${run.model}`}</td>
              <td className="nums text-right">{run.calls}</td>
              <td className="nums text-right">
                {formatCount(run.input_tokens)}, {formatCount(run.output_tokens)}
              </td>
              <td className="nums text-right">
                {formatDuration(Date.parse(run.ended_at) - Date.parse(run.started_at))}
              </td>
              <td className="nums text-right">{formatCost(run.cost_micro_usd)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
