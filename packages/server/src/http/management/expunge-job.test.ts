import { deliveryDetailSchema, jobDetailSchema } from '@ringback/contract'
import { beforeEach, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { newId } from '../../lib/ids.ts'

const http = useTestHttp('test')
beforeEach(async () => {
  const body = { enabled: true, url: 'https://receiver.example/hook', secret: 'chosen secret', include_result: true }
  await http.call('PATCH', '/api/v1/webhooks/default', { body })
})

const expunge = (jobId: string) => http.call('POST', `/api/v1/jobs/${jobId}/expunge`)

/** A job about a person, that has ended; its delivery waits. */
async function endedJob(): Promise<{ jobId: string; deliveryId: string }> {
  const body = { content: 'anna@example.com' }
  const { json } = await http.call('POST', '/api/v1/content/detect_emails', { body })
  await http.finishJob(json.job_id, { status: 'success', result: '["anna@example.com"]' })
  const [row] = await http.store.listDeliveries({ accountId: http.accountId, jobId: json.job_id, limit: 1 })
  return { jobId: json.job_id, deliveryId: row?.id ?? '' }
}

test('what the job was about is nowhere any more, and the record of it stays', async () => {
  const { jobId, deliveryId } = await endedJob()
  await http.attemptDelivery({ responseBody: 'thanks, anna@example.com' })
  expect([(await expunge(jobId)).status, (await expunge(jobId)).status]).toEqual([204, 204])

  const job = await http.call('GET', `/api/v1/jobs/${jobId}`)
  const removed = { payload_removed_at: new Date(http.clock.now()).toISOString() }
  expect(jobDetailSchema.parse(job.json)).toMatchObject({ status: 'success', input: null, result: null, ...removed })
  const delivery = await http.call('GET', `/api/v1/deliveries/${deliveryId}`)
  expect(deliveryDetailSchema.parse(delivery.json)).toMatchObject({
    status: 'delivered',
    body: null,
    ...removed,
    attempts: [{ number: 1, response: { status: 200, body: null } }],
  })
  expect(job.text + delivery.text).not.toContain('anna')
})

test('asking for the result, or for the webhook once more, is told that they were removed', async () => {
  const { jobId, deliveryId } = await endedJob()
  await http.attemptDelivery()
  await expunge(jobId)
  for (const path of [`/api/v1/job/status/${jobId}`, `/api/v1/content/detect_emails/job/status/${jobId}`]) {
    const status = await http.call('GET', path)
    expect([status.status, status.json.code]).toEqual([410, 'job.payload_removed'])
  }
  const resend = await http.call('POST', `/api/v1/deliveries/${deliveryId}/resend`)
  expect([resend.status, resend.json.code]).toEqual([410, 'delivery.payload_removed'])
})

test('a job that has not ended, or whose delivery waits, is refused with what to do', async () => {
  const { json } = await http.call('POST', '/api/v1/content/detect_emails', { body: { content: 'x' } })
  const unfinished = await expunge(json.job_id)
  expect(unfinished.status).toBe(409)
  expect(unfinished.json).toMatchObject({ code: 'job.not_ended', detail: expect.stringContaining('Cancel the job') })
  const { jobId } = await endedJob()
  const delivering = await expunge(jobId)
  expect(delivering.json).toMatchObject({ code: 'job.not_ended', detail: expect.stringContaining('discard it') })
})

test('an unknown job, and that of another account, are not found', async () => {
  const { jobId } = await endedJob()
  await http.attemptDelivery()
  const { headers } = await http.addAccount('other')
  const strangers = await http.call('POST', `/api/v1/jobs/${jobId}/expunge`, { headers })
  for (const answer of [strangers, await expunge(newId()), await expunge('x')]) {
    expect([answer.status, answer.json.code]).toEqual([404, 'job.not_found'])
  }
})
