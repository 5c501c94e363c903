import { ATTEMPT_CAUSES, DELIVERY_STATUSES, DELIVERY_TRIGGERS } from '@ringback/contract'
import { z } from 'zod'
import { momentSearchSchema, rangeSchema } from '../../lib/range.ts'

/** The filters of the delivery list as they stand in the address. What is not known there is left out. */
export const deliverySearchSchema = z.object({
  status: z.enum(DELIVERY_STATUSES).optional().catch(undefined),
  webhook: z.string().optional().catch(undefined),
  type: z.string().optional().catch(undefined),
  cause: z.enum(ATTEMPT_CAUSES).optional().catch(undefined),
  trigger: z.enum(DELIVERY_TRIGGERS).optional().catch(undefined),
  job_id: z.string().optional().catch(undefined),
  range: rangeSchema,
  since: momentSearchSchema,
  until: momentSearchSchema,
})
export type DeliverySearch = z.output<typeof deliverySearchSchema>

/** How far back "Failed and over" looks. */
export const failedSearchSchema = z.object({ range: rangeSchema })
