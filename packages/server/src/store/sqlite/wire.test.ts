import { expect, test } from 'vitest'
import type { LeasedDelivery, RecordedAttempt } from '../deliveries.ts'
import type { FinishedJob } from '../jobs.ts'
import type { Call, Outcome } from './protocol.ts'
import { FlatReader, readCall, readOutcome, writeCall, writeOutcome } from './wire.ts'

/** What the other thread gets. */
function cross<Value>(value: Value): Value {
  return structuredClone(value)
}

function crossCalls(calls: readonly Call[]): Call[] {
  const flat: unknown[] = []
  for (const call of calls) writeCall(flat, call)
  const read: Call[] = []
  for (const from = new FlatReader(cross(flat)); !from.atEnd; ) read.push(readCall(from))
  return read
}

function crossOutcomes(answers: readonly [Call['name'], Outcome][]): Outcome[] {
  const flat: unknown[] = []
  for (const [name, outcome] of answers) writeOutcome(flat, name, outcome)
  const from = new FlatReader(cross(flat))
  const read = answers.map(([name]) => readOutcome(from, name))
  expect(from.atEnd).toBe(true)
  return read
}

const JOB = {
  id: 'job',
  accountId: 'account',
  type: 'content_translate',
  input: '{}',
  jobWebhookUrl: 'https://job.example/',
  createdAt: 1,
  leasedBy: 'process',
  lane: 'openai/gpt-5-mini',
  caps: { perAccount: 2, perLane: 3 },
  payloadRetentionMs: 3_600_000,
}

const FINISHED: FinishedJob = {
  id: 'job',
  jobWebhookAddress: { id: 'address', origin: 'https://job.example' },
  leasedBy: 'process',
  status: 'failed',
  result: null,
  error: { code: 'job.timeout', message: 'took too long' },
  finishedAt: 2,
  body: '{"id":"job"}',
  bodyWithResult: '{"id":"job","result":null}',
  leaseDeliveriesMax: 3,
  fullAddresses: ['full'],
  record: { startedAt: 1, endedAt: 2, outcome: 'job.timeout', modelCalls: [] },
  words: 4,
}

const RECORDED: RecordedAttempt = {
  deliveryId: 'delivery',
  leasedBy: 'process',
  attempt: {
    number: 2,
    startedAt: 3,
    cause: 'status',
    message: 'answered 500',
    url: 'https://receiver.example/',
    requestHeaders: [
      ['x-a', '1'],
      ['X-A', 'é"'],
    ],
    responseStatus: 500,
    responseHeaders: [['server', 'x']],
    responseBody: 'oh',
    responseTruncated: true,
    remoteAddress: '192.0.2.1:443',
    timing: { dnsMs: 1.5, connectMs: 2.5, tlsMs: null, firstByteMs: 3.5, totalMs: 4.5 },
    resend: true,
  },
  next: { status: 'waiting', nextAttemptAt: 10 },
  finishedAt: 9,
  addressId: 'address',
  report: { kind: 'failed', cause: 'status', slow: true, askedUntil: 4, gone: false, probe: true },
  spendsSchedule: true,
}

const LEASED: LeasedDelivery = {
  id: 'delivery',
  accountId: 'account',
  webhookId: 'webhook',
  jobId: 'job',
  trigger: 'job',
  body: '{}',
  url: 'https://receiver.example/',
  attemptCount: 1,
  failureCount: 2,
  addressId: 'address',
  probe: true,
  resend: false,
  deliveredBefore: true,
  customHeaders: '[]',
  retrySchedule: '[1]',
  sealedSecret: 'sealed',
  sealedPreviousSecret: 'before',
  previousSecretUntil: 5,
}

test('calls arrive as they were made, those with a form of their own beside all others', () => {
  const bare = { ...FINISHED, jobWebhookAddress: null, error: null, bodyWithResult: FINISHED.body }
  const calls: Call[] = [
    { name: 'insertJob', parameters: [JOB] },
    { name: 'findJob', parameters: ['account', 'job'] },
    { name: 'finishJob', parameters: [FINISHED] },
    { name: 'nextJobDueAt', parameters: [] },
    { name: 'finishJob', parameters: [bare] },
  ]
  expect(crossCalls(calls)).toEqual(calls)
})

test('full addresses that were left out arrive as none', () => {
  const { fullAddresses, ...rest } = FINISHED
  expect(crossCalls([{ name: 'finishJob', parameters: [rest] }])[0]?.parameters).toEqual([
    { ...rest, fullAddresses: [] },
  ])
})

test('an attempt arrives flat, its header lists as the text that is kept', () => {
  const { attempt, next, ...rest } = RECORDED
  const { requestHeaders, responseHeaders, timing, ...fields } = attempt
  expect(crossCalls([{ name: 'recordAttempt', parameters: [RECORDED] }])[0]?.parameters).toEqual([
    {
      ...rest,
      ...fields,
      ...timing,
      requestHeaders: '[["x-a","1"],["X-A","é\\""]]',
      responseHeaders: '[["server","x"]]',
      nextStatus: 'waiting',
      nextAttemptAt: 10,
    },
  ])
  const unanswered = { ...attempt, responseHeaders: null }
  const delivered = { ...RECORDED, attempt: unanswered, next: { status: 'delivered' }, report: { kind: 'reached' } }
  expect(crossCalls([{ name: 'recordAttempt', parameters: [delivered] }])[0]?.parameters).toMatchObject([
    { responseHeaders: null, nextStatus: 'delivered', nextAttemptAt: null, report: { kind: 'reached' } },
  ])
  const silent = { ...RECORDED, report: null }
  expect(crossCalls([{ name: 'recordAttempt', parameters: [silent] }])[0]?.parameters).toMatchObject([{ report: null }])
})

test('answers arrive as they were given, failures among them', () => {
  const failed = { ok: false, unavailable: true, message: 'disk full' } as const
  const answers: [Call['name'], Outcome][] = [
    ['insertJob', { ok: true, value: { leased: true } }],
    ['finishJob', { ok: true, value: { finished: true, deliveries: [LEASED, { ...LEASED, id: 'other' }] } }],
    ['finishJob', failed],
    ['recordAttempt', { ok: true, value: { recorded: true, untold: false } }],
    ['findJob', { ok: true, value: null }],
    ['recordAttempt', failed],
    ['finishJob', { ok: true, value: { finished: false, deliveries: [] } }],
  ]
  expect(crossOutcomes(answers)).toEqual(answers.map(([, outcome]) => outcome))
})
