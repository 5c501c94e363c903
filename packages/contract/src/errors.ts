/** One entry of the catalogue: the HTTP status it is answered with and a title that is the same for every occurrence. */
export interface ErrorSpec {
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 409 | 410 | 413 | 415 | 422 | 429 | 431 | 500 | 503
  readonly title: string
}

/**
 * Every error that can leave the API, by code. Nothing else reaches a client: what is not in this table is answered
 * as `server.internal`. `docs/errors.md` has one section for each code; a test compares the two.
 */
export const ERRORS = {
  'auth.missing_key': { status: 401, title: 'API key missing' },
  'auth.invalid_key': { status: 401, title: 'API key not valid' },
  'auth.invalid_link': { status: 401, title: 'Sign-in link not valid' },
  'auth.session_ended': { status: 401, title: 'Session ended' },
  'auth.cross_origin': { status: 403, title: 'Request from another origin' },
  'auth.scope_missing': { status: 403, title: 'API key may not do this' },
  'auth.too_many_attempts': { status: 429, title: 'Too many attempts to sign in' },
  'request.malformed_http': { status: 400, title: 'No HTTP request' },
  'request.headers_too_large': { status: 431, title: 'Headers too large' },
  'request.malformed_json': { status: 400, title: 'Body is not JSON' },
  'request.malformed_multipart': { status: 400, title: 'Body is no multipart form' },
  'request.invalid': { status: 422, title: 'Request not valid' },
  'request.too_large': { status: 413, title: 'Body too large' },
  'request.unsupported_media_type': { status: 415, title: 'Content-Type not supported' },
  'request.unknown_route': { status: 404, title: 'No such address' },
  'request.method_not_allowed': { status: 405, title: 'Method not allowed' },
  'request.timeout': { status: 408, title: 'Request came too slowly' },
  'request.idempotency_key_reused': { status: 422, title: 'Idempotency key used for another request' },
  'request.rate_limited': { status: 429, title: 'Too many requests' },
  'document.not_accepted': { status: 415, title: 'Document not accepted' },
  'document.not_found': { status: 404, title: 'Document not found' },
  'job.not_found': { status: 404, title: 'Job not found' },
  'job.not_ended': { status: 409, title: 'Job has not ended' },
  'job.payload_removed': { status: 410, title: 'Result removed' },
  'job.ended': { status: 409, title: 'Job has ended' },
  'job.lease_lost': { status: 409, title: 'Lease of the job lost' },
  'workflow.not_found': { status: 404, title: 'Workflow not found' },
  'workflow.inactive': { status: 409, title: 'Workflow switched off' },
  'workflow.slug_taken': { status: 409, title: 'Slug of the workflow taken' },
  'workflow.limit_reached': { status: 409, title: 'Too many workflows' },
  'workflow.changed': { status: 409, title: 'Workflow was changed meanwhile' },
  'webhook.not_found': { status: 404, title: 'Webhook not found' },
  'webhook.url_missing': { status: 422, title: 'Webhook URL missing' },
  'webhook.url_not_allowed': { status: 422, title: 'Webhook URL not allowed' },
  'webhook.secret_missing': { status: 422, title: 'Secret for signature missing' },
  'webhook.key_missing': { status: 422, title: 'No asymmetric signature' },
  'webhook.disabled': { status: 409, title: 'Webhook switched off' },
  'webhook.limit_reached': { status: 409, title: 'Too many webhooks' },
  'webhook.name_taken': { status: 409, title: 'Webhook name taken' },
  'webhook.not_removable': { status: 409, title: 'Webhook cannot be removed' },
  'webhook.rotation_running': { status: 409, title: 'An earlier rotation is still running' },
  'delivery.not_found': { status: 404, title: 'Delivery not found' },
  'delivery.sending': { status: 409, title: 'Delivery being sent' },
  'delivery.ended': { status: 409, title: 'Delivery has ended' },
  'delivery.attempt_ended': { status: 409, title: 'Attempt has ended' },
  'delivery.payload_removed': { status: 410, title: 'Body of the delivery removed' },
  'delivery.listener_gone': { status: 409, title: 'Nobody listens for the delivery' },
  'listener.not_found': { status: 404, title: 'Listener not found' },
  'listener.limit_reached': { status: 409, title: 'Too many listeners' },
  'api_key.not_found': { status: 404, title: 'API key not found' },
  'session.not_found': { status: 404, title: 'Session not found' },
  'server.unavailable': { status: 503, title: 'Temporarily unavailable' },
  'server.internal': { status: 500, title: 'Internal error' },
} as const satisfies Record<string, ErrorSpec>

export type ErrorCode = keyof typeof ERRORS

/**
 * Every code that the `error` of a failed job can have, with its title. These travel in status answers and webhooks,
 * not as HTTP errors. `docs/errors.md` has a section for each.
 */
export const JOB_ERRORS = {
  'job.cancelled': 'The job was cancelled',
  'job.expired': 'The job was not started in time',
  'job.interrupted': 'The job was interrupted too often',
  'job.unknown_type': 'No task of this type exists on this server',
  'job.task_failed': 'The task stopped with an error of its own',
  'job.timeout': 'The job took too long',
  'job.result_invalid': 'The task produced a result that cannot be sent',
  'model.not_configured': 'No model is configured',
  'model.unavailable': 'The model provider could not be reached',
  'model.rejected': 'The model provider refused the request',
  'model.cannot_see': 'The model cannot read pictures',
  'document.unreadable': 'The document cannot be read',
  'document.encrypted': 'The document is protected by a password',
  'document.too_large': 'The document is too large to be read',
  'document.empty': 'The document has no text',
  'document.gone': 'The document is not there any more',
  'model.invalid_output': 'The model answered with something else than asked for',
  'worker.failed': "The account's worker could not do the job",
} as const satisfies Record<string, string>

/** Workers say with codes of their own why they failed; those begin with `worker.` too. */
export type WorkerErrorCode = `worker.${string}`

export type JobErrorCode = keyof typeof JOB_ERRORS | WorkerErrorCode

/** The error of a failed job as it appears in status answers and webhooks. */
export interface JobError {
  readonly code: JobErrorCode
  readonly message: string
}
