import { z } from 'zod'
import { idSchema, pageSchema, timeSchema } from './common.ts'

/** A browser that is signed in to the dashboard. */
export const sessionSchema = z.object({
  id: idSchema,
  current: z.boolean().describe('It is the one that asks.'),
  begun_with: z.enum(['link', 'api_key']).describe('A session that a key began ends when the key is revoked.'),
  user_agent: z.string().nullable().describe('What the browser says it is.'),
  address: z.string().nullable().describe('The IP address that signed in.'),
  created_at: timeSchema,
  seen_at: timeSchema.describe('When it was last used, to within five minutes.'),
  expires_at: timeSchema.describe('Moves on while it is used, up to 14 days after signing in.'),
})
export type Session = z.output<typeof sessionSchema>

export const sessionPageSchema = pageSchema(sessionSchema)

/** With what to sign in: the token of a sign-in link, or an API key. */
export const signInSchema = z
  .strictObject({
    link: z.string().optional().describe('The token of a sign-in link. It is spent by this.'),
    api_key: z.string().trim().min(1).optional(),
  })
  .refine(({ link, api_key }) => (link === undefined) !== (api_key === undefined), 'must have either link or api_key')
export type SignIn = z.output<typeof signInSchema>
