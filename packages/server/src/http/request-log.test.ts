import { describe, expect, test } from 'vitest'
import { useTestHttp } from '../../test/harness/use-test-http.ts'

const http = useTestHttp()

describe('the log of requests', () => {
  test('has one line a request: method, route pattern, status, duration, account, request id', async () => {
    const before = http.log.length
    const answer = await http.call('POST', '/api/v1/content/detect_emails', { body: { content: 'x' } })
    expect(http.log).toHaveLength(before + 1)
    expect(http.log.at(-1)).toMatchObject({
      level: 'info',
      msg: 'request',
      method: 'POST',
      route: '/api/v1/content/detect_emails',
      status: 202,
      durationMs: expect.any(Number),
      accountId: http.accountId,
      requestId: answer.headers['x-request-id'],
    })
  })

  test('has of an address without a route the path, and of no address the query', async () => {
    await http.call('GET', '/nowhere?token=hidden')
    expect(http.log.at(-1)).toMatchObject({ route: '/nowhere', status: 404, code: 'request.unknown_route' })
  })

  test('never has bodies, secrets, keys or queries', async () => {
    await http.call('PATCH', '/api/v1/webhooks/default', {
      body: { secret: 'secret-hidden-1', url: 'nonsense-hidden' },
    })
    await http.call('POST', '/api/v1/content/detect_emails', { body: '{"content":"text-hidden' })
    await http.call('GET', '/api/v1/deliveries?cursor=cursor-hidden')
    await http.call('GET', '/api/v1/quota', { headers: { authorization: 'Bearer rb_key-hidden' } })
    expect(http.log.length).toBeGreaterThan(3)
    expect(JSON.stringify(http.log)).not.toContain('hidden')
    expect(JSON.stringify(http.log)).not.toContain(http.key)
  })
})

describe('the request id', () => {
  test('of the caller is taken over when it is harmless', async () => {
    const answer = await http.call('GET', '/health/live', { headers: { 'x-request-id': 'trace-1.a_B' } })
    expect(answer.headers['x-request-id']).toBe('trace-1.a_B')
  })

  test.each(['', 'a b', 'a"b', 'x'.repeat(65), '-'])('"%s" of the caller is replaced', async (id) => {
    const answer = await http.call('GET', '/health/live', { headers: { 'x-request-id': id } })
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })
})

test('requests are measured by method, route pattern and status, and unknown addresses share one label', async () => {
  await http.call('GET', '/nowhere/1')
  await http.call('GET', '/nowhere/2')
  const { text } = await http.call('GET', '/metrics')
  expect(text).toContain('route="/api/v1/content/detect_emails",status="202"')
  expect(text).toContain('method="GET",route="unknown",status="404"')
  expect(text).not.toContain('nowhere')
})
