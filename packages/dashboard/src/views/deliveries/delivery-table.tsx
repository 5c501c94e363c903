import type { Delivery } from '@ringback/contract'
import { Link } from '@tanstack/react-router'
import { useWebhookNames } from '../../api/webhooks.ts'
import { shortId } from '../../lib/format.ts'
import { CAUSES, DeliveryBadge } from '../../ui/status.tsx'
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
      <thead className="max-md:sr-only">
        <tr className="h-9 border-b border-line text-xs text-muted [&>th]:px-4 [&>th]:font-medium">
          <th scope="col">Status</th>
          <th scope="col">Job type</th>
          <th scope="col">To</th>
          <th scope="col" className="text-right">
            Attempts
          </th>
          <th scope="col" className="text-right">
            Created
          </th>
        </tr>
      </thead>
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
    <tr className="relative transition-colors hover:bg-raised has-[a:focus-visible]:bg-raised max-md:grid max-md:grid-cols-[1fr_auto] max-md:gap-x-3 max-md:gap-y-1.5 max-md:px-4 max-md:py-3 md:h-12 md:[&>td]:px-4">
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
