import type { Delivery } from '@ringback/contract'
import { Link } from '@tanstack/react-router'
import { useWebhookNames } from '../../api/webhooks.ts'
import { shortId } from '../../lib/format.ts'
import { CAUSES, DeliveryBadge } from '../../ui/status.tsx'
import { LINK_ROW, TableHead } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { NextAttempt } from './next-attempt.tsx'
import type { DeliverySearch } from './search.ts'

/** The rows of the list. Each row is a link; on a phone the columns stand below each other. */
export function DeliveryTable({
  rows,
  search,
}: {
  readonly rows: readonly Delivery[]
  readonly search: DeliverySearch
}) {
  const names = useWebhookNames()
  return (
    <table className="w-full text-left text-[13px] max-md:block">
      <caption className="sr-only">Deliveries, newest first</caption>
      <TableHead
        className="max-md:sr-only"
        columns={['Status', 'Job type', 'To', { name: 'Attempts', right: true }, { name: 'Created', right: true }]}
      />
      <tbody className="divide-y divide-line max-md:block">
        {rows.map((row) => (
          <Row
            key={row.id}
            row={row}
            search={search}
            webhookName={row.webhook_id ? names.get(row.webhook_id) : undefined}
          />
        ))}
      </tbody>
    </table>
  )
}

function Row({
  row,
  search,
  webhookName,
}: {
  readonly row: Delivery
  readonly search: DeliverySearch
  readonly webhookName: string | undefined
}) {
  return (
    <tr className={LINK_ROW}>
      <td className="whitespace-nowrap">
        <span className="flex flex-wrap items-center gap-2">
          <DeliveryBadge status={row.status} />
          {row.last_cause !== null && <span className="text-xs text-muted">{CAUSES[row.last_cause]}</span>}
        </span>
      </td>
      <td className="max-md:order-3 max-md:col-span-2">
        <Link
          to="/deliveries/$deliveryId"
          params={{ deliveryId: row.id }}
          search={search}
          data-row
          className="font-medium after:absolute after:inset-0"
        >
          {row.job_type}
        </Link>
        <span className="ml-2 font-mono text-xs text-faint">
          {row.trigger === 'job' ? shortId(row.job_id ?? '') : row.trigger}
        </span>
      </td>
      <td className="max-w-64 min-w-0 max-md:order-4 max-md:col-span-2 max-md:max-w-full">
        <span className="block truncate">
          <span className="font-medium">{webhookName ?? recipientOf(row)}</span>
          <span className="ml-2 font-mono text-xs text-muted">{row.url ?? 'no URL'}</span>
        </span>
      </td>
      <td className="nums text-right text-muted max-md:hidden">
        {row.attempt_count}
        {row.next_attempt_at && (
          <span className="block text-xs">
            <NextAttempt iso={row.next_attempt_at} />
          </span>
        )}
      </td>
      <td className="text-right text-muted max-md:order-2">
        <Time iso={row.created_at} />
      </td>
    </tr>
  )
}

/** Who is told when it is no webhook that there is. */
function recipientOf({ webhook_id, listener_id }: Delivery): string {
  if (webhook_id !== null) return 'deleted webhook'
  return listener_id === null ? 'job webhook' : 'listener'
}
