import { z } from 'zod'
import { API_KEY_NAME_LENGTH_MAX } from '../limits.ts'
import { ALL_SCOPES } from '../scopes.ts'
import { idSchema, pageSchema, timeSchema } from './common.ts'

/** An API key as the API shows it. The key itself is only in the answer that created it. */
export const apiKeySchema = z.object({
  id: idSchema,
  name: z.string(),
  prefix: z.string().describe('The first characters of the key, to tell keys apart.'),
  scopes: z.array(z.enum(ALL_SCOPES)).describe('What it may do; all of them are full access.'),
  created_at: timeSchema,
  revoked_at: timeSchema.nullable(),
})
export type ApiKey = z.output<typeof apiKeySchema>

export const apiKeyPageSchema = pageSchema(apiKeySchema)

export const newApiKeySchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(API_KEY_NAME_LENGTH_MAX)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters')
    .describe('What or whom the key is for.'),
  scopes: z
    .array(z.enum(ALL_SCOPES))
    .min(1)
    .optional()
    .describe('What it may do, at most what the key of the request may; left out, just that.'),
})
export type NewApiKey = z.input<typeof newApiKeySchema>

export const createdApiKeySchema = apiKeySchema.extend({
  key: z.string().describe('The key. It is not shown again.'),
})
export type CreatedApiKey = z.output<typeof createdApiKeySchema>
