export { type WebhookVerificationCode, WebhookVerificationError } from './errors.ts'
export type { JobFailed, JobSucceeded, JobType, OperationalEvent, WebhookEvent } from './events.ts'
export type { WebhookHeaders } from './headers.ts'
export { type SignatureScheme, type VerifiedWebhook, type VerifyOptions, verify } from './verify.ts'
