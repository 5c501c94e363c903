import type { Delivery } from '@ringback/contract'
import { getRouteApi, Outlet } from '@tanstack/react-router'
import { useState } from 'react'
import { useLiveList } from '../../api/list.ts'
import { useShortcuts } from '../../lib/keyboard.ts'
import { useFilters } from '../../lib/range.ts'
import { liveShortcuts } from '../../lib/row-moves.ts'
import { LiveButton, LiveList } from '../../ui/live-list.tsx'
import { Page } from '../../ui/page.tsx'
import { DeliveryTable } from './delivery-table.tsx'
import { Filters } from './filters.tsx'
import { NoDeliveries } from './no-deliveries.tsx'

const route = getRouteApi('/shell/deliveries')
const WHAT = ['delivery', 'deliveries'] as const

/** Everything that was or will be told, newest first; details open beside it. */
export function DeliveriesView() {
  const search = route.useSearch()
  const filters = useFilters(search)
  const [isLive, setLive] = useState(true)
  const live = useLiveList<Delivery>({ name: 'deliveries', filters }, isLive)
  useShortcuts(liveShortcuts(WHAT, { isLive, setLive, showNew: live.showNew }))

  return (
    <Page
      title="Deliveries"
      hint="One finished job, told to one address. Open one to see each attempt."
      actions={<LiveButton isLive={isLive} onChange={setLive} />}
    >
      <div className="flex flex-col gap-3">
        <Filters search={search} />
        <LiveList what={WHAT} live={live} empty={<NoDeliveries search={search} />}>
          <DeliveryTable rows={live.rows} search={search} />
        </LiveList>
      </div>
      <Outlet />
    </Page>
  )
}
