/** What a job can be: `new` is accepted and on disk, `pending` has been started, the other two are the end. */
export const JOB_STATUSES = ['new', 'pending', 'success', 'failed'] as const
export type JobStatus = (typeof JOB_STATUSES)[number]

/** The two ends of a job; each is told to the account's webhooks. */
export const FINAL_JOB_STATUSES = ['success', 'failed'] as const satisfies readonly JobStatus[]
export type FinalJobStatus = (typeof FINAL_JOB_STATUSES)[number]

/**
 * What a delivery can be: `waiting` for its next attempt, `sending` while an attempt is under way, and the three ends:
 * `delivered`, `failed` after the last attempt, `discarded` because its webhook was switched off or deleted.
 */
export const DELIVERY_STATUSES = ['waiting', 'sending', 'delivered', 'failed', 'discarded'] as const
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]

/** Why a delivery exists: a job has finished, a person pressed "send test", or something happened to a webhook. */
export const DELIVERY_TRIGGERS = ['job', 'test', 'event'] as const
export type DeliveryTrigger = (typeof DELIVERY_TRIGGERS)[number]

/**
 * Why an attempt failed. The first group never reached the receiver, the second did:
 * - `blocked_address`: the URL or the address behind its name is not allowed
 * - `invalid_request`: the request could not be built (no URL, unreadable secret, impossible header)
 * - `dns`, `connect`, `tls`: the step that failed
 * - `timeout`: the deadline of the whole attempt passed, in whatever step
 * - `reset`: the connection broke before the answer was complete
 * - `protocol`: the answer is not HTTP
 * - `response_too_large`: the headers of the answer are longer than we read; a long body is cut off and no failure
 * - `redirect`: a 3xx answer; redirects are never followed
 * - `status`: any other answer outside 2xx
 * - `proxy`: our egress proxy failed; no step of the schedule is spent and the receiver is not blamed
 * - `interrupted`: our process ended while the attempt was under way; what the receiver saw is unknown
 */
export const ATTEMPT_CAUSES = [
  'blocked_address',
  'invalid_request',
  'dns',
  'connect',
  'tls',
  'timeout',
  'reset',
  'protocol',
  'response_too_large',
  'redirect',
  'status',
  'proxy',
  'interrupted',
] as const
export type AttemptCause = (typeof ATTEMPT_CAUSES)[number]

/** Where an account's `Job-Webhook` deliveries go: instead of its webhooks, or also. */
export const JOB_WEBHOOK_MODES = ['instead', 'also'] as const
export type JobWebhookMode = (typeof JOB_WEBHOOK_MODES)[number]

/**
 * How a webhook is doing: `healthy`, `failing` (too many failures in a row: paused and probed), or `disabled` (switched
 * off, by a person or because its receiver is gone).
 */
export const WEBHOOK_STATES = ['healthy', 'failing', 'disabled'] as const
export type WebhookState = (typeof WEBHOOK_STATES)[number]
