import { z } from 'zod'

/** What people who set up webhooks must know of this server. */
export const serverInfoSchema = z.object({
  version: z.string(),
  public_url: z.string().describe('What `status_url` begins with.'),
  user_agent: z.string().describe('The `User-Agent` of webhooks.'),
  retry_schedule: z.array(z.string()).describe('How long to wait before each retry, where a webhook does not say.'),
  timeout: z.string().describe('The deadline of an attempt.'),
  job_types: z.array(z.object({ type: z.string(), path: z.string(), summary: z.string() })),
})
export type ServerInfo = z.output<typeof serverInfoSchema>

export const urlToCheckSchema = z.strictObject({ url: z.string().describe('A webhook URL, as it would be saved.') })

/** What saving a URL would say. */
export const urlVerdictSchema = z.object({
  allowed: z.boolean(),
  problems: z.array(z.string()).describe('Each the end of a sentence that begins with "The URL".'),
})
export type UrlVerdict = z.output<typeof urlVerdictSchema>
