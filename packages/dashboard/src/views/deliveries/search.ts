import { ATTEMPT_CAUSES, DELIVERY_STATUSES, DELIVERY_TRIGGERS } from '@ringback/contract'
import { z } from 'zod'

/** How far back a list looks; the API is asked from that time on. */
export const RANGES = { '1h': 3_600_000, '24h': 86_400_000, '7d': 7 * 86_400_000, '30d': 30 * 86_400_000 } as const
export type Range = keyof typeof RANGES

const rangeSchema = z
  .enum(Object.keys(RANGES) as [Range, ...Range[]])
  .optional()
  .catch(undefined)
const moment = z.iso.datetime({ offset: true }).optional().catch(undefined)

/** The filters of the delivery list as they stand in the address. What is not known there is left out. */
export const deliverySearchSchema = z.object({
  status: z.enum(DELIVERY_STATUSES).optional().catch(undefined),
  webhook: z.string().optional().catch(undefined),
  type: z.string().optional().catch(undefined),
  cause: z.enum(ATTEMPT_CAUSES).optional().catch(undefined),
  trigger: z.enum(DELIVERY_TRIGGERS).optional().catch(undefined),
  job_id: z.string().optional().catch(undefined),
  range: rangeSchema,
  since: moment,
  until: moment,
})
export type DeliverySearch = z.output<typeof deliverySearchSchema>

/** How far back "Failed and over" looks. */
export const failedSearchSchema = z.object({ range: rangeSchema })

/** Whether anything is filtered. */
export function isFiltered(search: DeliverySearch): boolean {
  return Object.values(search).some((value) => value !== undefined)
}
