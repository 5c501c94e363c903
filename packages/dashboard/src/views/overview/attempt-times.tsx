import type { Overview, Spread } from '@ringback/contract'
import { formatDuration, formatShare, plural } from '../../lib/format.ts'
import { Card } from '../../ui/card.tsx'
import { TableHead } from '../../ui/table.tsx'

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
        <TableHead
          wide
          columns={['What', { name: 'p50', right: true }, { name: 'p95', right: true }, { name: 'p99', right: true }]}
        />
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
