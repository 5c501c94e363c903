import { beforeEach, describe, expect, test } from 'vitest'
import { createLog } from '../src/lib/log.ts'
import { queryDatabase } from './harness/query-database.ts'
import { headerOf, type Receiver } from './harness/receiver.ts'
import { describeEngines } from './harness/ringback.ts'
import { talkTo } from './harness/talk.ts'
import { until } from './harness/until.ts'
import { useReceivers } from './harness/use-receivers.ts'
import { useRingback } from './harness/use-ringback.ts'

const SECRET = 'a secret of these tests'

/** Their addresses as JSON are longer than a webhook may carry (256 KiB). */
const HUGE_EMAILS = 17_000

describeEngines('what a webhook is told, and how', (createDatabase) => {
  const logLines: string[] = []
  const ringback = useRingback(createDatabase, { log: createLog('debug', { write: (line) => logLines.push(line) }) })
  const newReceiver = useReceivers()
  const talk = talkTo(() => ringback)
  beforeEach(() => void logLines.splice(0))

  async function dispatch(path: string, body: object): Promise<string> {
    const { status, json, text } = await talk.call('POST', path, body)
    expect(status, text).toBe(202)
    return json.job_id
  }

  const idsAt = (receiver: Receiver) => receiver.requests.map(({ body }) => JSON.parse(body.toString()).id)

  describe('a Job-Webhook', () => {
    test('is told instead of the webhooks, or also, as the account wants it', async () => {
      const [account, own] = [await newReceiver(), await newReceiver()]
      await talk.addWebhook({ url: account.url, secret: SECRET })
      await talk.setWebhook('default', { secret: SECRET })
      const headers = { 'Job-Webhook': own.url }
      const instead = await talk.dispatch(headers)
      await talk.deliveryOf(instead, 'status=delivered')

      expect((await talk.call('PATCH', '/account', { job_webhook: 'also' })).json.job_webhook).toBe('also')
      const also = await talk.dispatch(headers)
      await until('both are told', async () => {
        const delivered = await talk.deliveries(`job_id=${also}&status=delivered`)
        return delivered.length === 2 ? true : null
      })
      expect(idsAt(own)).toEqual([instead, also])
      expect(idsAt(account)).toEqual([also])
    })

    test('has a delivery of its own: it fails and the webhook of the account does not, and the other way round', async () => {
      const [account, own] = [await newReceiver(), await newReceiver()]
      own.answerWith((_request, response) => response.writeHead(500).end())
      await talk.addWebhook({ name: 'account', url: account.url, secret: SECRET })
      await talk.setWebhook('default', { secret: SECRET })
      await talk.call('PATCH', '/account', { job_webhook: 'also' })
      const jobId = await talk.dispatch({ 'Job-Webhook': own.url })
      await talk.deliveryOf(jobId, 'webhook=account&status=delivered')
      expect(await talk.deliveryOf(jobId, 'status=waiting')).toMatchObject({ webhook_id: null, url: own.url })
    })
  })

  test('a result over 256 KiB is left out and replaced by result_url, where it can be fetched', async () => {
    const receiver = await newReceiver()
    await talk.addWebhook({ url: receiver.url, secret: SECRET, include_result: true })
    const emails = Array.from({ length: HUGE_EMAILS }, (_, index) => `person${index}@example.com`)
    const jobId = await dispatch('/content/detect_emails', { content: emails.join(' ') })
    const body = JSON.parse((await receiver.request(1)).body.toString())
    expect(Object.keys(body)).toEqual(['id', 'status', 'type', 'result_url'])
    expect(body).toMatchObject({ id: jobId, status: 'success', type: 'content_detect_emails' })
    const answer = await fetch(body.result_url, { headers: { authorization: `Bearer ${ringback.key}` } })
    const { data } = (await answer.json()) as { data: { attributes: { result: string[] } } }
    expect(data.attributes.result).toEqual(emails)
    expect((await fetch(body.result_url)).status).toBe(401)
  })

  test('filters by job type and final status: alone, together, and changed for the next job that ends', async () => {
    const names = ['all', 'phones', 'failures', 'failed-phones'] as const
    const at = {} as Record<(typeof names)[number], Receiver>
    for (const name of names) at[name] = await newReceiver()
    const add = (name: (typeof names)[number], filters: object) =>
      talk.addWebhook({ name, url: at[name].url, secret: SECRET, ...filters })
    await add('all', {})
    await add('phones', { job_types: ['content_detect_phones', 'content_detect_urls'] })
    await add('failures', { job_statuses: ['failed'] })
    await add('failed-phones', { job_types: ['content_detect_phones'], job_statuses: ['failed'] })

    const emails = await talk.dispatch()
    const phones = await dispatch('/content/detect_phones', { content: '+44 20 7946 0123' })
    // No model is configured, so it fails.
    const failed = await dispatch('/content/translate', { content: 'hello', language: 'Italian' })
    await talk.deliveriesAre('status=delivered', 5)
    await talk.setWebhook('phones', { job_types: null, job_statuses: ['success'] })
    const later = await talk.dispatch()
    await talk.deliveriesAre('status=delivered', 7)

    expect(idsAt(at.all).toSorted()).toEqual([emails, phones, failed, later].toSorted())
    expect(idsAt(at.phones)).toEqual([phones, later])
    expect(idsAt(at.failures)).toEqual([failed])
    expect(idsAt(at['failed-phones'])).toEqual([])
  })

  test('include_result is each webhook’s own', async () => {
    const [short, long] = [await newReceiver(), await newReceiver()]
    await talk.addWebhook({ url: short.url, secret: SECRET })
    await talk.addWebhook({ name: 'long', url: long.url, secret: SECRET, include_result: true })
    await talk.dispatch()
    expect(JSON.parse((await short.request(1)).body.toString())).not.toHaveProperty('result')
    expect(JSON.parse((await long.request(1)).body.toString())).toMatchObject({ result: ['anna@example.com'] })
  })

  test('custom headers arrive in their own case; secret ones are masked in the record, and in no log line', async () => {
    const receiver = await newReceiver()
    const url = `http://user:pass-of-the-url@127.0.0.1:${receiver.port}/hook?token=token-in-the-query`
    const headers = {
      'X-ENV': 'prod',
      'x-lower': 'a  b',
      'X-MixedCase-Plan': { value: 'value-of-a-secret', secret: true },
      'X-Api-Key': 'value-of-a-key',
    }
    await talk.addWebhook({ url, secret: SECRET, headers })
    const { attempts } = await talk.deliveryOf(await talk.dispatch(), 'status=delivered')
    const [request] = receiver.requests
    if (!request) throw new Error('nothing arrived')
    const sent = request.headers.filter(([name]) => /^(?:x-(?!sig)|authorization)/i.test(name))
    expect(sent).toEqual([
      ['X-ENV', 'prod'],
      ['x-lower', 'a  b'],
      ['X-MixedCase-Plan', 'value-of-a-secret'],
      ['X-Api-Key', 'value-of-a-key'],
      ['Authorization', `Basic ${Buffer.from('user:pass-of-the-url').toString('base64')}`],
    ])

    const recorded = attempts[0]?.request.headers ?? []
    const masked = new Set(['X-MixedCase-Plan', 'X-Api-Key', 'Authorization'])
    expect(recorded).toEqual(request.headers.map(([name, value]) => [name, masked.has(name) ? '********' : value]))
    expect(attempts[0]?.request.url).toBe(url.replace('pass-of-the-url', '***'))
    expect(headerOf(request, 'X-Signature')).toMatch(/^[0-9a-f]{64}$/)
    const text = JSON.stringify(await talk.webhook(new URL(url).hostname)) + logLines.join('')
    for (const hidden of ['value-of-a-secret', 'value-of-a-key', 'pass-of-the-url', SECRET]) {
      expect(text).not.toContain(hidden)
    }
    expect(logLines.join('')).not.toContain('token-in-the-query')
  })

  test('a removed webhook leaves no secret behind: no header, no key, no password, not even encrypted', async () => {
    const { host } = new URL((await newReceiver()).url)
    const { id } = await talk.addWebhook({
      url: `http://user:pass-of-the-url@${host}/hook`,
      secret: SECRET,
      headers: { 'X-Plain': 'plain-value', 'X-Api-Key': 'value-of-a-key' },
    })
    await talk.call('POST', `/webhooks/${id}/rotate-secret`, { grace: '1h' })
    const told = await talk.deliveryOf(await talk.dispatch(), 'status=delivered')
    expect((await talk.call('DELETE', `/webhooks/${id}`)).status).toBe(204)

    const [row] = await queryDatabase(ringback.database, `select * from webhooks where id = '${id}'`)
    expect(row).toMatchObject({ headers: null, sealed_secret: null, sealed_previous_secret: null })
    expect(JSON.stringify(row)).not.toContain('pass-of-the-url')
    const url = `http://user:***@${host}/hook`
    expect(await talk.delivery(told.id)).toMatchObject({ url, status: 'delivered', body: told.body })
    expect((await talk.delivery(told.id)).attempts).toEqual(told.attempts)
  })
})
