import {
  problemSchema,
  type ServerInfo,
  serverInfoSchema,
  urlToCheckSchema,
  urlVerdictSchema,
} from '@ringback/contract'
import type { Config } from '../../config.ts'
import { formatDuration } from '../../lib/duration.ts'
import { AppError } from '../../lib/errors.ts'
import type { TaskRegistry } from '../../tasks/registry.ts'
import type { UrlGuard } from '../../webhooks/url-guard.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'

/** `GET /api/v1/server`: what people who set up webhooks must know of this server. */
export function getServer(deps: {
  config: Pick<Config, 'publicUrl' | 'webhookTimeoutMs' | 'webhookUserAgent' | 'webhookRetryScheduleMs'>
  tasks: Pick<TaskRegistry, 'all'>
  version: string
}): Endpoint {
  const { config, tasks, version } = deps
  return defineEndpoint({
    answers: { 200: serverInfoSchema },
    handle: (): ServerInfo => ({
      version,
      public_url: config.publicUrl,
      user_agent: config.webhookUserAgent,
      retry_schedule: config.webhookRetryScheduleMs.map(formatDuration),
      timeout: formatDuration(config.webhookTimeoutMs),
      job_types: tasks.all.map(({ type, path, summary }) => ({ type, path, summary })),
    }),
  })
}

/** `POST /api/v1/webhooks/check-url`: what saving this URL would say, without saving it. */
export function checkWebhookUrl(deps: { guard: Pick<UrlGuard, 'checkUrl'> }): Endpoint {
  return defineEndpoint({
    body: urlToCheckSchema,
    answers: { 200: urlVerdictSchema, 422: problemSchema },
    async handle(request) {
      try {
        await deps.guard.checkUrl(request.body.url)
        return { allowed: true, problems: [] }
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'webhook.url_not_allowed') throw error
        return { allowed: false, problems: error.fields.map(({ message }) => message) }
      }
    },
  })
}
