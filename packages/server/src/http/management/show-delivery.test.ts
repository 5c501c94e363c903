import { expect, test } from 'vitest'
import type { AttemptRow, DeliveryRow } from '../../store/deliveries.ts'
import { showDeliveryDetail } from './show-delivery.ts'

const ROW: DeliveryRow = {
  id: 'delivery',
  accountId: 'account',
  listenerId: null,
  webhookId: 'webhook',
  jobId: 'job',
  jobType: 'content_translate',
  jobStatus: 'success',
  trigger: 'job',
  status: 'waiting',
  url: 'https://receiver.example/',
  body: '{}',
  attemptCount: 1,
  nextAttemptAt: 2,
  lastCause: 'status',
  createdAt: 1,
  finishedAt: null,
  deliveredAt: null,
  payloadRemovedAt: null,
}

const ATTEMPT: AttemptRow = {
  number: 1,
  startedAt: 1,
  cause: 'status',
  message: 'answered 500',
  url: 'https://receiver.example/',
  requestHeaders: [],
  responseStatus: 500,
  responseHeaders: [],
  responseBody: '',
  responseTruncated: false,
  remoteAddress: null,
  timing: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 1 },
  resend: false,
}

test('an attempt that was recorded after the delivery was read is not shown with what was before it', () => {
  const shown = showDeliveryDetail(ROW, [ATTEMPT, { ...ATTEMPT, number: 2, cause: null, responseStatus: 200 }])
  expect(shown.attempts.map(({ number }) => number)).toEqual([1])
  expect(shown.attempt_count).toBe(1)
})
