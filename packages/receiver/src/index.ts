export { type WebhookVerificationCode, WebhookVerificationError } from './errors.ts'
export type {
  DeliveriesFailedEvent,
  JobFailed,
  JobSucceeded,
  JobType,
  OperationalEvent,
  WebhookEvent,
} from './events.ts'
export type { WebhookHeaders } from './headers.ts'
export type {
  ReceiveContext,
  ReceiverLine,
  ReceiverOptions,
  WebhookAnswer,
  WebhookReceiver,
  WebhookRequest,
} from './options.ts'
export { createReceiver } from './receiver.ts'
export { type Claim, createMemoryStore, type DeliveryStore } from './store.ts'
export { type Secrets, type SignatureScheme, type VerifiedWebhook, type VerifyOptions, verify } from './verify.ts'
