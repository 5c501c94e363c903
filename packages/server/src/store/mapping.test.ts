import { expect, test } from 'vitest'
import type { JobRow } from './jobs.ts'
import { storableText, toAttempt, toJob } from './mapping.ts'

test('text that no engine can store is marked and the rest is kept', () => {
  expect(storableText('a\0b\uD800c 😀 é')).toBe('a\uFFFDb\uFFFDc 😀 é')
  expect(storableText(null)).toBeNull()
})

test('a job has an error only when it has an error code', () => {
  const job: Omit<JobRow, 'error'> = {
    id: 'j',
    accountId: 'a',
    type: 't',
    status: 'failed',
    input: '{}',
    result: null,
    jobWebhookUrl: null,
    attempts: 1,
    createdAt: 1,
    startedAt: 2,
    finishedAt: 3,
    lane: 'offline',
    dueAt: null,
    cancelRequestedAt: null,
    payloadRemovedAt: null,
    payloadRetentionMs: null,
    laneState: 'healthy',
    lanePausedUntil: null,
  }
  expect(toJob({ ...job, errorCode: 'job.timeout', errorMessage: 'late' })).toEqual({
    ...job,
    error: { code: 'job.timeout', message: 'late' },
  })
  expect(toJob({ ...job, errorCode: null, errorMessage: null }).error).toBeNull()
})

test('headers keep their order, their case and their repetitions', () => {
  const headers = [
    ['Set-Cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ]
  const attempt = toAttempt({
    number: 1,
    startedAt: 1,
    cause: null,
    message: null,
    url: 'https://example.com/',
    responseStatus: 200,
    responseBody: '',
    remoteAddress: null,
    responseTruncated: 1,
    resend: 1,
    dnsMs: null,
    connectMs: 0.5,
    tlsMs: null,
    firstByteMs: 1,
    totalMs: 2,
    requestHeaders: '[]',
    responseHeaders: JSON.stringify(headers),
  })
  expect(attempt.responseHeaders).toEqual(headers)
  expect(attempt.responseTruncated).toBe(true)
  expect(attempt.resend).toBe(true)
  expect(attempt.timing.connectMs).toBe(0.5)
})
