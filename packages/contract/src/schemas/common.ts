import { z } from 'zod'
import { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX } from '../limits.ts'

/** A time in answers: ISO 8601 in UTC with milliseconds, such as `2026-01-31T08:50:11.188Z`. */
export const timeSchema = z.iso.datetime({ precision: 3 }).meta({ example: '2026-01-31T08:50:11.188Z' })

const MOMENT_RULE = 'must be an ISO 8601 time with its zone, such as 2026-01-31T08:50:11Z'

/** `…T08:50:11 01:00`: the `+` of a zone, after it was in an address. */
const LOST_PLUS = /T[\d:.]+ \d\d:?\d\d$/

/** The last moment that {@link timeSchema} can say: the end of the year 9999. */
export const TIME_MS_MAX = 253_402_300_799_999

/** A moment in requests: ISO 8601 with a zone. Gives Unix milliseconds; nothing of ours is older than 1970. */
export const momentSchema = z.iso
  .datetime({
    offset: true,
    error: ({ input }) =>
      LOST_PLUS.test(String(input)) ? `${MOMENT_RULE}; in an address, + is written %2B` : MOMENT_RULE,
  })
  .meta({ example: '2026-01-31T08:50:11Z' })
  .transform((text) => Math.min(Math.max(0, Date.parse(text)), TIME_MS_MAX))

/**
 * Whether a JSON value has more than so many levels of objects and arrays. To be asked before anything else looks at it:
 * the rest goes as deep as what was sent.
 */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}

/** An id in answers: UUIDv7, lower case. */
export const idSchema = z.string().meta({ format: 'uuid', example: '019c1f0e-7c1b-7b6a-9a55-2f3f0f8f4a11' })

/** An id in a path. Any text is taken: what is not an id is simply not found. */
export const idParamsSchema = z.object({ id: z.string() })

/** What every list takes. Lists are newest first. */
export const pageQueryFields = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(PAGE_LIMIT_MAX)
    .default(PAGE_LIMIT_DEFAULT)
    .describe(`Rows in one page, 1 to ${PAGE_LIMIT_MAX}.`),
  cursor: z.string().optional().describe('`next_cursor` of the page before, or the id of a row: what comes behind it.'),
}

/** The order of a list by the time of creation. */
export const LIST_ORDERS = ['newest', 'oldest'] as const
export type ListOrder = (typeof LIST_ORDERS)[number]

/** What the lists of jobs and deliveries take besides. */
export const orderedPageQueryFields = {
  ...pageQueryFields,
  order: z
    .enum(LIST_ORDERS)
    .default('newest')
    .describe('Which comes first. The id of the first row as `cursor` leads back with the other order.'),
}

/** The query of a list that has no filters. */
export const pageQuerySchema = z.strictObject(pageQueryFields)

/** A page of a list: the rows, and what to send as `cursor` to get the next page; null at the end. */
export function pageSchema<Row extends z.ZodType>(row: Row) {
  return z.object({ data: z.array(row), next_cursor: z.string().nullable() })
}
