import type { Attempt, DeliveryDetail } from '@ringback/contract'
import { expect, test } from 'vitest'
import { timelineOf } from './timeline.ts'

const TIME = '2026-01-31T08:50:11.188Z'

const attempt = (change: Partial<Attempt>): Attempt => ({
  number: 1,
  resend: false,
  started_at: TIME,
  cause: null,
  message: null,
  request: { method: 'POST', url: 'https://receiver.example/', headers: [] },
  response: { status: 200, headers: [], body: '', truncated: false },
  remote_address: null,
  timing: { dns_ms: null, connect_ms: null, tls_ms: null, first_byte_ms: null, total_ms: 1 },
  ...change,
})

const delivery = (change: Partial<DeliveryDetail>): DeliveryDetail => ({
  id: '019c1f0e-7c1b-7b6a-9a55-2f3f0f8f4a11',
  status: 'waiting',
  trigger: 'job',
  webhook_id: null,
  listener_id: null,
  job_id: null,
  job_type: 'content_translate',
  job_status: 'success',
  url: 'https://receiver.example/',
  attempt_count: 0,
  next_attempt_at: null,
  last_cause: null,
  created_at: TIME,
  finished_at: null,
  delivered_at: null,
  payload_removed_at: null,
  body: '{}',
  attempts: [],
  ...change,
})

const titles = (change: Partial<DeliveryDetail>) => timelineOf(delivery(change)).map(({ title }) => title)
const refused = attempt({ cause: 'connect', response: null })

test.each<[string, Partial<DeliveryDetail>, string[]]>([
  ['waits for its first attempt', { next_attempt_at: TIME }, ['Job ended', 'First attempt']],
  ['is being sent', { status: 'sending' }, ['Job ended', 'Attempt 1 is under way']],
  ['waits for a retry', { attempts: [refused], next_attempt_at: TIME }, ['Job ended', 'Attempt 1', 'Next retry']],
  ['arrived', { status: 'delivered', attempts: [attempt({})] }, ['Job ended', 'Attempt 1: HTTP 200']],
  [
    'arrived because a person asked',
    { status: 'delivered', attempts: [refused, attempt({ number: 2, resend: true })] },
    ['Job ended', 'Attempt 1', 'Attempt 2, asked for by a person: HTTP 200'],
  ],
  ['failed', { status: 'failed', attempts: [refused] }, ['Job ended', 'Attempt 1', 'Given up: no retry is left']],
  [
    'was discarded before its first attempt',
    { status: 'discarded', trigger: 'event' },
    ['Webhook changed its state', 'Discarded: by a person, or with its webhook'],
  ],
])('a delivery that %s', (_name, change, expected) => {
  expect(titles(change)).toEqual(expected)
})

test('an interrupted attempt does not look like a failure of the receiver', () => {
  const [, item] = timelineOf(delivery({ attempts: [attempt({ cause: 'interrupted', response: null })] }))
  expect(item?.tone).toBe('idle')
})
