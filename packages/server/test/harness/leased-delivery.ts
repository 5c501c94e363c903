import type { LeasedDelivery } from '../../src/store/deliveries.ts'

/** A delivery of a job to a webhook, as a courier gets it for its first attempt; `change` has at least what is sealed. */
export function leasedDelivery(
  change: Pick<LeasedDelivery, 'accountId' | 'sealedSecret'> & Partial<LeasedDelivery>,
): LeasedDelivery {
  return {
    id: '019c1f0e-7c1b-7b6a-9a55-2f3f0f8f4a11',
    webhookId: 'webhook-1',
    jobId: 'job-1',
    trigger: 'job',
    body: '{}',
    url: 'https://receiver.example/hook',
    attemptCount: 0,
    failureCount: 0,
    addressId: 'webhook-1',
    probe: false,
    resend: false,
    deliveredBefore: false,
    customHeaders: null,
    retrySchedule: null,
    sealedPreviousSecret: null,
    previousSecretUntil: null,
    ...change,
  }
}
