import {
  idParamsSchema,
  keyRotationSchema,
  pageQuerySchema,
  problemSchema,
  rotationSchema,
  type WebhookChanged,
  webhookChangedSchema,
  webhookPageSchema,
  webhookSchema,
} from '@ringback/contract'
import { z } from 'zod'
import type { WebhookStore } from '../../store/webhooks.ts'
import type { TaskRegistry } from '../../tasks/registry.ts'
import type { ChangedSettings, WebhookSettings } from '../../webhooks/settings.ts'
import type { Workflows } from '../../workflows/workflows.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { pageOfAll } from './page.ts'
import { type ShowWebhookDeps, showWebhook } from './show-webhook.ts'
import { checkCustomTypes, readSettings, webhookBodySchemas } from './webhook-bodies.ts'

interface Deps<Action extends keyof WebhookSettings> extends ShowWebhookDeps {
  readonly webhookSettings: Pick<WebhookSettings, Action>
}

/** What filters of webhooks may name. */
interface FilterDeps {
  readonly tasks: Pick<TaskRegistry, 'all'>
  readonly workflows: Pick<Workflows, 'unknownTypes'>
}

/** `GET /api/v1/webhooks` */
export function listWebhooks(deps: ShowWebhookDeps & { store: Pick<WebhookStore, 'listWebhooks'> }): Endpoint {
  return defineEndpoint({
    query: pageQuerySchema,
    answers: { 200: webhookPageSchema, 422: problemSchema },
    async handle(request) {
      const rows = await deps.store.listWebhooks(accountOf(request))
      const newestFirst = rows.toSorted((one, other) => (one.id < other.id ? 1 : -1))
      const { data, next_cursor } = pageOfAll(newestFirst, request.query, (row) => showWebhook(row, deps))
      return { data: await Promise.all(data), next_cursor }
    },
  })
}

/** `POST /api/v1/webhooks` */
export function createWebhook(deps: Deps<'create'> & FilterDeps): Endpoint {
  return defineEndpoint({
    body: webhookBodySchemas(deps.tasks.all).create,
    answers: { 201: webhookChangedSchema, 409: problemSchema, 422: problemSchema },
    async handle(request, reply) {
      await checkCustomTypes(deps.workflows, accountOf(request), request.body.job_types)
      const created = await deps.webhookSettings.create(accountOf(request), readSettings(request.body))
      reply.code(201)
      return showChanged(created, deps)
    },
  })
}

/** `GET /api/v1/webhooks/<id>` */
export function getWebhook(deps: Deps<'get'>): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    answers: { 200: webhookSchema, 404: problemSchema },
    handle: async (request) => showWebhook(await deps.webhookSettings.get(accountOf(request), request.params.id), deps),
  })
}

/** `PATCH /api/v1/webhooks/<id>`: the form of the announcement, and the rules. */
export function changeWebhook(deps: Deps<'change'> & FilterDeps): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    body: webhookBodySchemas(deps.tasks.all).change,
    answers: { 200: webhookChangedSchema, 404: problemSchema, 409: problemSchema, 422: problemSchema },
    async handle(request) {
      await checkCustomTypes(deps.workflows, accountOf(request), request.body.job_types)
      const wanted = readSettings(request.body)
      return showChanged(await deps.webhookSettings.change(accountOf(request), request.params.id, wanted), deps)
    },
  })
}

/** `DELETE /api/v1/webhooks/<id>` */
export function removeWebhook(deps: { webhookSettings: Pick<WebhookSettings, 'remove'> }): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    answers: { 204: z.null(), 404: problemSchema, 409: problemSchema },
    async handle(request, reply) {
      await deps.webhookSettings.remove(accountOf(request), request.params.id)
      return reply.code(204).send()
    },
  })
}

/** `POST /api/v1/webhooks/<id>/rotate-secret` */
export function rotateSecret(deps: Deps<'rotateSecret'>): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    body: rotationSchema,
    answers: { 200: webhookChangedSchema, 404: problemSchema, 409: problemSchema, 422: problemSchema },
    async handle(request) {
      const { params, body = {} } = request
      return showChanged(await deps.webhookSettings.rotateSecret(accountOf(request), params.id, body), deps)
    },
  })
}

/** `POST /api/v1/webhooks/<id>/rotate-key` */
export function rotateKey(deps: Deps<'rotateKey'>): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    body: keyRotationSchema,
    answers: { 200: webhookChangedSchema, 404: problemSchema, 409: problemSchema, 422: problemSchema },
    async handle(request) {
      const { params, body = {} } = request
      return showChanged(await deps.webhookSettings.rotateKey(accountOf(request), params.id, body), deps)
    },
  })
}

async function showChanged(
  { webhook, generatedSecret }: ChangedSettings,
  deps: ShowWebhookDeps,
): Promise<WebhookChanged> {
  return { ...(await showWebhook(webhook, deps)), ...(generatedSecret !== null && { secret: generatedSecret }) }
}
