import { type AddressInfo, connect } from 'node:net'
import { LISTENER_HEARTBEAT_MS } from '@ringback/contract'
import { describe, expect, test } from 'vitest'
import { until } from '../../../test/harness/until.ts'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { openTestHttp } from '../test-http.ts'

const http = useTestHttp()

const PATH = '/api/v1/listeners'
const open = (body: object) => http.call('POST', PATH, { body: { url: 'http://localhost:3000/hook', ...body } })

describe('listeners', () => {
  test('one is added, listed with its address but without a password, and removed', async () => {
    const { status, json } = await open({ url: 'http://me:hush@localhost:3000/hook', name: 'laptop' })
    expect(status).toBe(201)
    expect(json).toMatchObject({ name: 'laptop', webhook_id: null, job_types: null, timeout_ms: 10_000 })
    expect(json.url).not.toContain('hush')
    expect(json.secret).toMatch(/^whsec_/)
    const { json: list } = await http.call('GET', PATH)
    expect(list).toMatchObject({ data: [{ id: json.id, url: json.url }], next_cursor: null })
    expect(JSON.stringify(list)).not.toContain('whsec_')
    expect((await http.call('DELETE', `${PATH}/${json.id}`)).status).toBe(204)
    expect((await http.call('DELETE', `${PATH}/${json.id}`)).json).toMatchObject({ code: 'listener.not_found' })
  })

  test('the list comes in pages, newest first, like every other', async () => {
    const first = (await open({ name: 'first' })).json.id
    const second = (await open({ name: 'second' })).json.id
    const { json: page } = await http.call('GET', `${PATH}?limit=1`)
    expect(page.data).toMatchObject([{ id: second }])
    const { json: rest } = await http.call('GET', `${PATH}?cursor=${page.next_cursor}`)
    expect(rest).toMatchObject({ data: [{ id: first }], next_cursor: null })
    for (const id of [first, second]) await http.call('DELETE', `${PATH}/${id}`)
  })

  test.each([
    [{ url: 'ftp://x' }, 'url', 'must begin with http:// or https://'],
    [{ url: 'nothing' }, 'url', 'is not a URL'],
    [{ job_types: ['content_translate', 'gone'] }, 'job_types.1', 'is not a job type of this server'],
    [{ job_types: ['custom_gone'] }, 'job_types.0', 'is not the job type of a workflow'],
    [{ webhook: 'operational' }, 'webhook', 'not of jobs'],
    [{ name: '\u0007' }, 'name', 'printable'],
  ])('%j is refused with field and reason', async (body, field, message) => {
    const { status, json } = await open(body)
    expect(status).toBe(422)
    expect(json.errors[0]).toMatchObject({ field, message: expect.stringContaining(message) })
  })

  test('a webhook that is not there is 404, and so is the listener of another account', async () => {
    expect((await open({ webhook: 'gone' })).json).toMatchObject({ status: 404, code: 'webhook.not_found' })
    const { json } = await open({})
    const { headers } = await http.addAccount('other')
    for (const path of [`${PATH}/${json.id}/stream`, `${PATH}/x/stream`]) {
      const answer = await http.call('POST', path, { headers, body: {} })
      expect(answer.json).toMatchObject({ status: 404, code: 'listener.not_found' })
    }
  })

  test('the stream of one whose webhook was deleted meanwhile says so at once, and ends', async () => {
    const { json: webhook } = await http.call('POST', '/api/v1/webhooks', {
      body: { url: 'https://receiver.example/hook' },
    })
    const { json } = await open({ webhook: webhook.name })
    expect((await http.call('DELETE', `/api/v1/webhooks/${webhook.id}`)).status).toBe(204)
    const { text } = await http.call('POST', `${PATH}/${json.id}/stream`, { body: {} })
    expect(text).toMatch(/^event: ready\n[\s\S]*event: end\ndata: \{"reason":"webhook_deleted"\}\n\n$/)
  })

  test('an answer to a delivery that was never told is 404, and one that says nonsense 422', async () => {
    const { json } = await open({})
    const timing = { dns_ms: null, connect_ms: null, tls_ms: null, first_byte_ms: null, total_ms: 1 }
    const answer = {
      delivery_id: json.id,
      attempt: 1,
      lease_id: json.id,
      started_at: 1,
      request_headers: [],
      response: null,
      failure: { cause: 'connect', message: 'refused' },
      remote_address: null,
      timing,
    }
    const path = `${PATH}/${json.id}/attempts`
    expect((await http.call('POST', path, { body: answer })).json).toMatchObject({ code: 'delivery.not_found' })
    const wrong = { ...answer, failure: { cause: 'blocked_address', message: 'x' } }
    expect((await http.call('POST', path, { body: wrong })).status).toBe(422)
    // What no clock says could not be shown either, and would hide the delivery with all its attempts.
    const late = await http.call('POST', path, { body: { ...answer, started_at: Number.MAX_SAFE_INTEGER } })
    expect(late.json.errors).toMatchObject([{ field: 'started_at' }])
  })
})

test('a stream that nobody reads is told no more than fits on its way, and is cut off', async () => {
  await using http = await openTestHttp()
  const { app, clock } = http
  await app.listen({ host: '127.0.0.1', port: 0 })
  await http.call('PATCH', '/api/v1/webhooks/default', { body: { include_result: true } })
  const { json: listener } = await http.call('POST', PATH, { body: { url: 'http://localhost:3000/hook' } })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1').pause()
  socket.on('error', () => {})
  const head = `POST ${PATH}/${listener.id}/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${http.key}\r\n`
  socket.write(`${head}content-type: application/json\r\ncontent-length: 2\r\n\r\n{}`)
  // 24 MB, which is several times what the buffers between two sockets hold.
  const result = JSON.stringify('"'.repeat(120_000))
  for (let count = 0; count < 50; count++) {
    const { json } = await http.call('POST', '/api/v1/content/detect_emails', { body: { content: 'x' } })
    await http.finishJob(json.job_id, { status: 'success', result })
  }
  const connections = () => new Promise<number>((resolve) => app.server.getConnections((_, count) => resolve(count)))
  await until('the stream is cut off', async () => {
    clock.move(LISTENER_HEARTBEAT_MS)
    return (await connections()) === 0 || null
  })
  const { json } = await http.call('GET', '/api/v1/deliveries')
  const untold = json.data.filter((delivery: { attempt_count: number }) => delivery.attempt_count === 0)
  expect(untold.length).toBeGreaterThan(0)
  socket.destroy()
})

describe('test events', () => {
  test('nobody is told while all is off; a webhook that is named is told although it is off', async () => {
    const send = (body: object) => http.call('POST', '/api/v1/test-events', { body })
    await Promise.all(
      (await http.call('GET', PATH)).json.data.map(({ id }: { id: string }) => http.call('DELETE', `${PATH}/${id}`)),
    )
    expect((await send({ type: 'content_translate' })).json).toMatchObject({ status: 'success', deliveries: [] })
    expect((await send({ type: 'gone' })).json.errors[0]).toMatchObject({ field: 'type' })
    expect((await send({ type: 'content_translate', webhook: 'default' })).json).toMatchObject({
      code: 'webhook.url_missing',
    })
    const settings = { url: 'https://example.com/hook', secret: 'a secret of tests', include_result: true }
    await http.call('PATCH', '/api/v1/webhooks/default', { body: settings })
    const { status, json } = await send({ type: 'content_translate', webhook: 'default' })
    expect(status).toBe(202)
    expect(json.deliveries).toMatchObject([{ trigger: 'test', job_type: 'content_translate', job_id: null }])
    const { json: delivery } = await http.call('GET', `/api/v1/deliveries/${json.deliveries[0].id}`)
    expect(JSON.parse(delivery.body)).toMatchObject({ status: 'success', type: 'content_translate' })
    expect(JSON.parse(delivery.body).result.content).toEqual(expect.any(String))
  })

  test('a workflow of the account gets a sample of its own output schema', async () => {
    const workflow = {
      slug: 'scan',
      name: 'Scan',
      run_by: 'worker',
      output_schema: { text: 'string', pages: 'integer' },
    }
    expect((await http.call('POST', '/api/v1/workflows', { body: workflow })).status).toBe(201)
    const body = { type: 'custom_scan', webhook: 'default' }
    const { json } = await http.call('POST', '/api/v1/test-events', { body })
    const { json: delivery } = await http.call('GET', `/api/v1/deliveries/${json.deliveries[0].id}`)
    expect(JSON.parse(delivery.body).result).toEqual({ text: 'a text', pages: 1 })
  })
})
