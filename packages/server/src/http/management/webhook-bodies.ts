import { jobTypesSchema, newWebhookSchema, type WebhookChangeRequest, webhookChangeSchema } from '@ringback/contract'
import { z } from 'zod'
import type { Task } from '../../tasks/task.ts'
import type { SettingsChange } from '../../webhooks/wanted-settings.ts'

/** The bodies that set up webhooks on this server: filters take only the job types that it has. */
export function webhookBodySchemas(tasks: readonly Pick<Task, 'type'>[]) {
  const types = tasks.map(({ type }) => type)
  const jobType = z.enum(types, {
    error: ({ input }) =>
      typeof input === 'string'
        ? `is not a job type of this server: ${JSON.stringify(input)}; known are ${types.join(', ')}`
        : undefined,
  })
  const fields = { job_types: jobTypesSchema(jobType).optional() }
  return { create: newWebhookSchema.extend(fields), change: webhookChangeSchema.extend(fields) }
}

/** A checked body in the words of `webhooks/`. */
export function readSettings(body: WebhookChangeRequest): SettingsChange {
  return {
    name: body.name,
    enabled: body.enabled,
    url: body.url,
    secret: body.secret,
    includeResult: body.include_result,
    jobTypes: body.job_types,
    jobStatuses: body.job_statuses,
    headers: body.headers,
    retrySchedule: body.retry_schedule,
    rateLimitPerSecond: body.rate_limit_per_second,
  }
}
