import { z } from 'zod'
import {
  LISTENER_IN_HAND_MAX,
  LISTENER_TIMEOUT_MS_MAX,
  LISTENER_TIMEOUT_MS_MIN,
  LISTENER_TYPES_MAX,
  RESPONSE_KEPT_BYTES_MAX,
  WEBHOOK_URL_LENGTH_MAX,
} from '../limits.ts'
import { ATTEMPT_CAUSES, DELIVERY_STATUSES, FINAL_JOB_STATUSES } from '../statuses.ts'
import { idSchema, TIME_MS_MAX, timeSchema } from './common.ts'
import { deliverySchema, headersSchema } from './deliveries.ts'

/** What a laptop wants to hear. */
export const newListenerSchema = z.strictObject({
  url: z
    .string()
    .max(WEBHOOK_URL_LENGTH_MAX)
    .describe('Where the listener forwards to, for the record. The server never connects to it.'),
  name: z
    .string()
    .regex(/^[\x20-\x7e]{1,100}$/, 'must have 1 to 100 printable ASCII characters')
    .default('a listener')
    .describe('What the laptop is called, for people.'),
  webhook: z
    .string()
    .optional()
    .describe(
      'Id or name of a webhook: its filters, secret, headers, schedule and include-result hold. Without, every ' +
        'finished job of the account is told, signed with the secret of `default`.',
    ),
  job_types: z
    .array(z.string())
    .min(1)
    .max(LISTENER_TYPES_MAX)
    .optional()
    .describe('Only these job types, of those that the webhook is told of.'),
})
export type NewListenerRequest = z.output<typeof newListenerSchema>

/** A laptop that listens. */
export const listenerSchema = z.object({
  id: idSchema,
  name: z.string(),
  url: z.string().describe('Where it forwards to, without a password.'),
  webhook_id: idSchema.nullable().describe('The webhook that it stands for; null for the whole account.'),
  job_types: z.array(z.string()).nullable().describe('Null: all.'),
  created_at: timeSchema,
  expires_at: timeSchema.describe('When it is removed, with what waits for it, unless it is heard of before.'),
})
export type Listener = z.output<typeof listenerSchema>

export const listenerPageSchema = z.object({ data: z.array(listenerSchema), next_cursor: z.string().nullable() })

/** A new listener, and what its laptop must know. */
export const listenerOpenedSchema = listenerSchema.extend({
  webhook_name: z.string().describe('The webhook whose secret signs.'),
  secret: z
    .string()
    .nullable()
    .describe(
      'Signs what this listener gets, because the webhook has no secret yet; shown once. Null: the webhook has one.',
    ),
  timeout_ms: z.int().describe('How long one attempt may take, in all.'),
})
export type ListenerOpened = z.output<typeof listenerOpenedSchema>

export const listenerStreamSchema = z.strictObject({
  in_hand: z
    .array(z.string())
    .max(LISTENER_IN_HAND_MAX * 4)
    .default([])
    .describe('Deliveries that arrived and are being forwarded. Others that were sent are sent again.'),
  once: z
    .boolean()
    .default(false)
    .describe('End the answer after the first deliveries, or 25 s: for proxies that hold back what is not complete.'),
  timeout_ms: z
    .int()
    .min(LISTENER_TIMEOUT_MS_MIN)
    .max(LISTENER_TIMEOUT_MS_MAX)
    .optional()
    .describe('How long one attempt may take, in all; else the deadline that the listener was answered with.'),
})

/** What is told on the stream of a listener, by the name of its event. */
export interface ListenerEvents {
  /** First: the stream is open. */
  readonly ready: { readonly listener_id: string }
  readonly delivery: {
    readonly delivery_id: string
    readonly attempt: number
    /** To be sent with the answer. */
    readonly lease_id: string
    readonly started_at: number
    readonly resend: boolean
    readonly test: boolean
    /** All headers to send but those of the connection, in order. */
    readonly headers: readonly (readonly [string, string])[]
    /** The places in `headers` of values that must not be recorded or shown. */
    readonly secret_headers: readonly number[]
    readonly body: string
  }
  /** So many deliveries were discarded, because they came faster than they were forwarded. */
  readonly dropped: { readonly count: number }
  /** Last: why the stream ends. */
  readonly end: { readonly reason: 'once' | 'stopping' | 'superseded' | 'removed' | 'webhook_deleted' | 'key_revoked' }
}
export type ListenerDeliveryEvent = ListenerEvents['delivery']
export type ListenerEndReason = ListenerEvents['end']['reason']

/** Causes that a listener can tell; the others are decided by the server. */
export const LISTENER_CAUSES = ['dns', 'connect', 'tls', 'timeout', 'reset', 'protocol', 'interrupted'] as const

const durationMs = z.number().min(0).nullable()

/** What the laptop's receiver answered, or why it did not. */
export const listenerAnswerSchema = z.strictObject({
  delivery_id: z.string(),
  attempt: z.int().min(1),
  lease_id: z.string(),
  started_at: z.int().min(0).max(TIME_MS_MAX),
  request_headers: headersSchema.max(200).describe('As they were sent, secret values masked.'),
  response: z
    .strictObject({
      status: z.int().min(100).max(999),
      headers: headersSchema.max(500),
      body: z.string().max(RESPONSE_KEPT_BYTES_MAX),
      truncated: z.boolean(),
    })
    .nullable(),
  failure: z
    .strictObject({ cause: z.enum(LISTENER_CAUSES), message: z.string().min(1).max(1_000) })
    .nullable()
    .describe('Null when a whole answer came, whatever its status.'),
  remote_address: z.string().max(100).nullable(),
  timing: z.strictObject({
    dns_ms: durationMs,
    connect_ms: durationMs,
    tls_ms: durationMs,
    first_byte_ms: durationMs,
    total_ms: z.number().min(0),
  }),
})
export type ListenerAnswer = z.output<typeof listenerAnswerSchema>

/** What came of the attempt. */
export const listenerAttemptSchema = z.object({
  status: z.enum(DELIVERY_STATUSES).describe('Of the delivery.'),
  cause: z.enum(ATTEMPT_CAUSES).nullable(),
  next_attempt_at: timeSchema.nullable(),
})
export type ListenerAttempt = z.output<typeof listenerAttemptSchema>

/** A finished job that never was, for receivers to be tried with. */
export const testEventSchema = z.strictObject({
  type: z.string().describe('Any job type of this server or of a workflow of the account.'),
  status: z.enum(FINAL_JOB_STATUSES).default('success'),
  webhook: z
    .string()
    .optional()
    .describe(
      'Id or name of one webhook, on or off. Without: all webhooks that are on and told of such jobs, and all listeners.',
    ),
})

export const testEventSentSchema = z.object({
  type: z.string(),
  status: z.enum(FINAL_JOB_STATUSES),
  deliveries: z.array(deliverySchema).describe('Tests, one attempt each. Empty when nobody is told of such jobs.'),
})
export type TestEventSent = z.output<typeof testEventSentSchema>
