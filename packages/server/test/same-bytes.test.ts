import { createHmac } from 'node:crypto'
import type { DeliveryDetail } from '@ringback/contract'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { beforeAll, expect, test } from 'vitest'
import { queryDatabase } from './harness/query-database.ts'
import { headerOf, headersOf } from './harness/receiver.ts'
import { describeEngines } from './harness/ringback.ts'
import { talkTo } from './harness/talk.ts'
import { until } from './harness/until.ts'
import { useReceiver } from './harness/use-receivers.ts'
import { useRingback } from './harness/use-ringback.ts'

/*
 * Body fidelity from the worker's JSON to the receiver (A3 of the acceptance list): what numbers, keys and characters there
 * are, all that is ever signed, sent, stored and shown of a delivery is one and the same text.
 */

const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`
const HOUR_MS = 3_600_000

/** As a worker in any language may write it. The characters that need no escape in JSON stand here as they are. */
const WRITTEN = String.raw`{
  "b" : 1, "10" : {"z":5, "4294967295":4, "a":[ ]}, "9" : 3, "-1":0, "01":0, "" : null,
  "exact" : [9007199254740991, 9007199254740994, -9007199254740992, 100000000000000000000],
  "floats" : [1e21, 1.0, 1E5, -0, -0.0, 0.1, 1e-7, 5e-324, 1.7976931348623157e308, 0.30000000000000004],
  "halves" : "\ud800 \udfff \uD83D", "pair" : "\ud83d\ude00 😀",
  "escapes" : "\u00e9 é \/ \u0000 \u007f \b\t\n\f\r \" \\ <\/script>",
  "separators" : "${'\u2028\u2029\ufeff'}", "tail" : [true, false, {"k":"v "}]
}`

/**
 * The same, as every JSON parser and printer of JavaScript agrees on it, written by hand: integer-like keys come first, an
 * escape stands only where there must be one, numbers are in their shortest form. None has another value than above.
 */
const SENT = String.raw`{"9":3,"10":{"z":5,"4294967295":4,"a":[]},"b":1,"-1":0,"01":0,"":null,
"exact":[9007199254740991,9007199254740994,-9007199254740992,100000000000000000000],
"floats":[1e+21,1,100000,0,0,0.1,1e-7,5e-324,1.7976931348623157e+308,0.30000000000000004],
"halves":"\ud800 \udfff \ud83d","pair":"😀 😀",
"escapes":"é é / \u0000 ${'\u007f'} \b\t\n\f\r \" \\ </script>",
"separators":"${'\u2028\u2029\ufeff'}","tail":[true,false,{"k":"v "}]}`.replaceAll('\n', '')

describeEngines('the bytes of a body', (createDatabase) => {
  const ringback = useRingback(createDatabase, {}, 'suite')
  const receiver = useReceiver('suite')
  const jobReceiver = useReceiver('suite')
  const talk = talkTo(() => ringback)

  beforeAll(async () => {
    const workflow = { slug: 'bytes', name: 'Bytes', run_by: 'worker', parameters: [] }
    expect((await talk.call('POST', '/workflows', workflow)).status).toBe(201)
    await talk.call('PATCH', '/account', { job_webhook: 'also' })
    const rules = { include_result: true, retry_schedule: ['1m'] }
    await talk.setWebhook('default', { enabled: true, url: receiver.url, secret: SECRET, ...rules })
  })

  /** Has a worker complete a new job with this JSON, as it is written; gives the job's id and the answer. */
  async function completeWith(resultJson: string, headers: Record<string, string> = {}) {
    const jobId: string = (await talk.call('POST', '/custom/bytes', {}, headers)).json.job_id
    const leaseId: string = (await talk.call('POST', '/worker/lease', { types: ['custom_bytes'] })).json.lease_id
    return { jobId, leaseId, answer: await completeJson(jobId, leaseId, resultJson) }
  }

  const completeJson = (jobId: string, leaseId: string, resultJson: string) =>
    talk.call('POST', `/worker/jobs/${jobId}/complete`, `{"lease_id":"${leaseId}","result":${resultJson}}`)

  const attempted = ({ id }: Pick<DeliveryDetail, 'id'>, count: number) =>
    until(`delivery ${id} has had ${count} attempts`, async () => {
      const shown = await talk.delivery(id)
      return shown.attempts.length === count && shown.status !== 'sending' ? shown : null
    })

  test('are the same at every attempt, in the database, in the log, resent and recovered, and verify as others verify', async () => {
    receiver.answerWith((_request, response) => response.writeHead(500).end())
    const { jobId, answer } = await completeWith(WRITTEN, { 'Job-Webhook': jobReceiver.url })
    expect(answer.status, answer.text).toBe(200)
    const body = `{"id":"${jobId}","status":"success","type":"custom_bytes","result":${SENT}}`
    expect(JSON.stringify(JSON.parse(body))).toBe(body)

    const first = await talk.deliveryOf(jobId, 'webhook=default&status=waiting&cause=status')
    ringback.clock.move(60_000)
    await attempted(first, 2)
    await talk.call('POST', `/deliveries/${first.id}/resend`)
    await attempted(first, 3)
    const range = {
      since: new Date(ringback.clock.now() - HOUR_MS).toISOString(),
      until: new Date(ringback.clock.now() + HOUR_MS).toISOString(),
    }
    receiver.answerWith((_request, response) => response.end())
    expect((await talk.call('POST', '/deliveries/recover', range)).json).toMatchObject({ recovered: 1 })
    expect(await attempted(first, 4)).toMatchObject({ status: 'delivered', body })

    const bytes = Buffer.from(body, 'utf8')
    const requests = [...receiver.requests, await jobReceiver.request(1)]
    expect(requests).toHaveLength(5)
    for (const request of requests) {
      expect(request.body.equals(bytes)).toBe(true)
      expect(headerOf(request, 'content-length')).toBe(String(bytes.length))
      // As in the announcement's sample: over the raw body, and over what a framework parsed.
      for (const text of [request.body, JSON.stringify(JSON.parse(request.body.toString('utf8')))]) {
        expect(headerOf(request, 'X-Signature')).toBe(createHmac('sha256', SECRET).update(text).digest('hex'))
      }
      const headers = headersOf(request)
      new StandardWebhook(SECRET).verify(request.body, headers)
      new SvixWebhook(SECRET).verify(request.body, headers)
    }

    const stored = await queryDatabase(ringback.database, `select body from deliveries where job_id = '${jobId}'`)
    expect(stored).toEqual([{ body }, { body }])
    // The answer of the log is what the dashboard reads; it shows this text and never parses it.
    for (const delivery of await talk.deliveries(`job_id=${jobId}`)) {
      expect((await talk.delivery(delivery.id)).body).toBe(body)
    }
    const status = await talk.call('GET', `/custom/bytes/job/status/${jobId}`)
    expect(status.text).toContain(`"result":${SENT}}`)
  })
  test.each([
    ['{"users":[{"id":1},{"id":12345678901234567890}]}', 'result.users.1.id', '12345678901234567168'],
    ['-9007199254740993', 'result', '-9007199254740992'],
    ['{"a":{"":[[0,100000000000000000000001]]}}', 'result.a..0.1', '100000000000000008388608'],
    ['{"a":[1e400]}', 'result.a.0', 'must be'],
  ])(
    'a number that JavaScript would change is refused with its place, not sent as another: %s',
    async (json, field, says) => {
      const { answer, jobId, leaseId } = await completeWith(json)
      expect(answer).toMatchObject({ status: 422, json: { code: 'request.invalid' } })
      expect(answer.json.errors).toEqual([{ field, message: expect.stringContaining(says) }])
      // The job is still the worker's, who can send it as text.
      const mended = await completeJson(jobId, leaseId, '{"id":"12345678901234567890"}')
      expect(mended.status, mended.text).toBe(200)
    },
  )
})
