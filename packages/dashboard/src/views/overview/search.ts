import { z } from 'zod'
import { rangeSchema } from '../../lib/range.ts'

/** How far back the overview looks; a day when the address does not say. */
export const overviewSearchSchema = z.object({ range: rangeSchema })
