import type { Overview, Spread } from '@ringback/contract'
import { formatDuration, formatShare, plural } from '../../lib/format.ts'
import { Card } from '../../ui/card.tsx'

/** How long things took: all that a delivery waits for, and one request. */
export function AttemptTimes({ overview: { deliveries } }: { readonly overview: Overview }) {
  const { attempts, latency } = deliveries
  const hint =
    attempts.count === 0
      ? 'No attempt has ended'
      : `${plural(attempts.count, 'attempt')}, ${formatShare(attempts.failed, attempts.count)} of them failed`
  return (
    <Card title="Times" hint={hint}>
      <table className="w-full text-left text-[13px]">
        <thead>
          <tr className="h-9 border-b border-line text-xs text-muted [&>th]:px-5 [&>th]:font-medium">
            <th scope="col">What</th>
            <th scope="col" className="text-right">
              p50
            </th>
            <th scope="col" className="text-right">
              p95
            </th>
            <th scope="col" className="text-right">
              p99
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          <Row label="Job end to delivered" spread={latency} />
          <Row label="One attempt" spread={attempts} />
        </tbody>
      </table>
    </Card>
  )
}

function Row({ label, spread }: { readonly label: string; readonly spread: Spread }) {
  return (
    <tr className="h-11 [&>*]:px-5">
      <th scope="row" className="font-normal">
        {label}
      </th>
      {[spread.p50_ms, spread.p95_ms, spread.p99_ms].map((time, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: three places that never move
        <td key={index} className="nums text-right whitespace-nowrap">
          {time === null ? '–' : formatDuration(time)}
        </td>
      ))}
    </tr>
  )
}
