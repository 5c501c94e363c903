import { JOB_STATUSES } from '@ringback/contract'
import { z } from 'zod'
import { momentSearchSchema, rangeSchema } from '../../lib/range.ts'

/** The filters of the job list as they stand in the address. What is not known there is left out. */
export const jobSearchSchema = z.object({
  status: z.enum(JOB_STATUSES).optional().catch(undefined),
  type: z.string().optional().catch(undefined),
  model: z.string().optional().catch(undefined),
  range: rangeSchema,
  since: momentSearchSchema,
  until: momentSearchSchema,
})
export type JobSearch = z.output<typeof jobSearchSchema>
