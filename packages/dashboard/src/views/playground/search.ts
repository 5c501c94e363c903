import { z } from 'zod'

/** Which job type is tried, and the job whose input is filled in. */
export const playgroundSearchSchema = z.object({
  type: z.string().optional().catch(undefined),
  job: z.string().optional().catch(undefined),
})
