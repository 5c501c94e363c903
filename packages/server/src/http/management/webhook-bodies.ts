import { jobTypesSchema, newWebhookSchema, type WebhookChangeRequest, webhookChangeSchema } from '@ringback/contract'
import { z } from 'zod'
import type { Task } from '../../tasks/task.ts'
import type { SettingsChange } from '../../webhooks/wanted-settings.ts'
import { isCustomType } from '../../workflows/definition.ts'
import type { Workflows } from '../../workflows/workflows.ts'
import { invalidRequest } from '../zod-problems.ts'

/**
 * The bodies that set up webhooks on this server: filters take only the job types that it has. Whether the account has a
 * workflow of a type that looks like one is asked after ({@link checkCustomTypes}).
 */
export function webhookBodySchemas(tasks: readonly Pick<Task, 'type'>[]) {
  const types = tasks.map(({ type }) => type)
  const jobType = z.string().refine((type) => types.includes(type) || isCustomType(type), {
    error: ({ input }) =>
      `is not a job type of this server: ${JSON.stringify(input)}; known are ${types.join(', ')}, ` +
      'and those of the workflows of the account',
  })
  const fields = { job_types: jobTypesSchema(jobType).optional() }
  return { create: newWebhookSchema.extend(fields), change: webhookChangeSchema.extend(fields) }
}

/** @throws AppError `request.invalid` when a filter names the job type of a workflow that the account never had */
export async function checkCustomTypes(
  workflows: Pick<Workflows, 'unknownTypes'>,
  accountId: string,
  jobTypes: readonly string[] | null | undefined,
): Promise<void> {
  const custom = jobTypes?.filter(isCustomType) ?? []
  if (custom.length === 0) return
  const unknown = await workflows.unknownTypes(accountId, custom)
  if (unknown.length === 0) return
  throw invalidRequest(
    unknown.map((type) => ({
      field: `job_types.${jobTypes?.indexOf(type)}`,
      message: `is not the job type of a workflow of this account: ${JSON.stringify(type)}`,
    })),
  )
}

/** A checked body in the words of `webhooks/`. */
export function readSettings(body: WebhookChangeRequest): SettingsChange {
  return {
    name: body.name,
    enabled: body.enabled,
    url: body.url,
    secret: body.secret,
    asymmetricSignature: body.asymmetric_signature,
    includeResult: body.include_result,
    jobTypes: body.job_types,
    jobStatuses: body.job_statuses,
    headers: body.headers,
    retrySchedule: body.retry_schedule,
    rateLimitPerSecond: body.rate_limit_per_second,
  }
}
