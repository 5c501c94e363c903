import { PassThrough } from 'node:stream'
import {
  idParamsSchema,
  type Listener,
  listenerAnswerSchema,
  listenerAttemptSchema,
  listenerOpenedSchema,
  listenerPageSchema,
  listenerStreamSchema,
  newListenerSchema,
  pageQuerySchema,
  problemSchema,
} from '@ringback/contract'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { ApiKeys } from '../../accounts/api-keys.ts'
import { AppError } from '../../lib/errors.ts'
import { isoTime, isoTimeOrNull } from '../../lib/iso-time.ts'
import type { ListenerOutlet } from '../../listeners/listener-stream.ts'
import type { Listeners } from '../../listeners/listeners.ts'
import type { ListenerRow } from '../../store/listeners.ts'
import type { TaskRegistry } from '../../tasks/registry.ts'
import type { Workflows } from '../../workflows/workflows.ts'
import { bearerKey } from '../auth.ts'
import { clientGone } from '../client-gone.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { requireKnownTypes } from './known-types.ts'
import { pageOfAll } from './page.ts'

interface Deps<Action extends keyof Listeners> {
  readonly listeners: Pick<Listeners, Action>
}

/** `POST /api/v1/listeners` */
export function openListener(
  deps: Deps<'open'> & {
    readonly tasks: Pick<TaskRegistry, 'byType' | 'all'>
    readonly workflows: Pick<Workflows, 'unknownTypes'>
    readonly timeoutMs: number
  },
): Endpoint {
  return defineEndpoint({
    body: newListenerSchema,
    answers: { 201: listenerOpenedSchema, 404: problemSchema, 409: problemSchema, 422: problemSchema },
    async handle(request, reply) {
      const accountId = accountOf(request)
      const { url, name, webhook, job_types: jobTypes } = request.body
      if (jobTypes) await requireKnownTypes(deps, accountId, jobTypes, (index) => `job_types.${index}`)
      const opened = await deps.listeners.open(accountId, { url, name, webhook, jobTypes })
      reply.code(201)
      return {
        ...showListener(opened.listener),
        webhook_name: opened.webhookName,
        secret: opened.secret,
        timeout_ms: deps.timeoutMs,
      }
    },
  })
}

/** `GET /api/v1/listeners` */
export function listListeners({ listeners }: Deps<'list'>): Endpoint {
  return defineEndpoint({
    query: pageQuerySchema,
    answers: { 200: listenerPageSchema, 422: problemSchema },
    async handle(request) {
      const oldestFirst = await listeners.list(accountOf(request))
      return pageOfAll(oldestFirst.toReversed(), request.query, showListener)
    },
  })
}

/** `DELETE /api/v1/listeners/<id>` */
export function removeListener({ listeners }: Deps<'remove'>): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    answers: { 204: z.null(), 404: problemSchema },
    async handle(request, reply) {
      await listeners.remove(accountOf(request), request.params.id)
      return reply.code(204).send()
    },
  })
}

/** `POST /api/v1/listeners/<id>/stream`: server-sent events, until somebody ends it. */
export function streamListener(deps: Deps<'stream'> & { readonly apiKeys: Pick<ApiKeys, 'authenticate'> }): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    body: listenerStreamSchema,
    answers: { 200: z.string(), 404: problemSchema, 422: problemSchema },
    contentType: 'text/event-stream',
    async handle(request, reply) {
      const key = bearerKey(request.headers.authorization)
      // A session is for people who look at pages; what goes on for hours needs a key, which can be revoked.
      if (typeof key !== 'string') throw new AppError('auth.missing_key', { detail: 'Only an API key can listen.' })
      const { in_hand: inHand, once, timeout_ms: timeoutMs } = request.body
      const wanted = { inHand, once, timeoutMs, signal: clientGone(reply) }
      await deps.listeners.stream(accountOf(request), request.params.id, wanted, () =>
        openOutlet(reply, async () => (await deps.apiKeys.authenticate(key)) !== null),
      )
      return reply
    },
  })
}

/** Begins the answer. Headers and the first event leave at once, and say to proxies that nothing is to be held back. */
function openOutlet(reply: FastifyReply, isAllowed: () => Promise<boolean>): ListenerOutlet {
  const events = new PassThrough()
  const { raw } = reply
  reply.header('content-type', 'text/event-stream; charset=utf-8')
  reply.header('cache-control', 'no-store, no-transform')
  reply.header('x-accel-buffering', 'no')
  void reply.send(events)
  return {
    write(name, event) {
      if (!events.writable) return
      // JSON has no line breaks of its own, so one line of data is enough.
      events.write(name === null ? ':\n\n' : `event: ${name}\ndata: ${JSON.stringify(event)}\n\n`)
    },
    end: () => void events.end(),
    unread: () => (events.writableNeedDrain ? events.writableLength + events.readableLength + raw.writableLength : 0),
    onRead: (callback) => void events.on('drain', callback),
    cut: () => void raw.destroy(),
    isAllowed,
  }
}

/** `POST /api/v1/listeners/<id>/attempts` */
export function answerListener({ listeners }: Deps<'answer'>): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    body: listenerAnswerSchema,
    answers: { 200: listenerAttemptSchema, 404: problemSchema, 409: problemSchema, 422: problemSchema },
    async handle(request) {
      const { body, params } = request
      const { timing } = body
      const { status, cause, nextAttemptAt } = await listeners.answer(accountOf(request), params.id, {
        deliveryId: body.delivery_id,
        number: body.attempt,
        leasedBy: body.lease_id,
        startedAt: body.started_at,
        requestHeaders: body.request_headers,
        outcome: {
          answer: body.response,
          failure: body.failure,
          remoteAddress: body.remote_address,
          timing: {
            dnsMs: timing.dns_ms,
            connectMs: timing.connect_ms,
            tlsMs: timing.tls_ms,
            firstByteMs: timing.first_byte_ms,
            totalMs: timing.total_ms,
          },
        },
      })
      return { status, cause, next_attempt_at: isoTimeOrNull(nextAttemptAt) }
    },
  })
}

function showListener(row: ListenerRow): Listener {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    webhook_id: row.webhookId,
    job_types: row.jobTypes === null ? null : (JSON.parse(row.jobTypes) as string[]),
    created_at: isoTime(row.createdAt),
    expires_at: isoTime(row.expiresAt),
  }
}
