import { ERRORS, JOB_ERRORS } from '@ringback/contract'
import { Counter, collectDefaultMetrics } from 'prom-client'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { createTaskRegistry } from '../../tasks/registry.ts'
import { openTestHttp } from '../test-http.ts'

const http = useTestHttp()

describe('health', () => {
  test('live says that the process answers', async () => {
    expect((await http.call('GET', '/health/live')).json).toEqual({ status: 'live' })
  })

  test('ready is 200 when the process can work, and 503 with the reasons when it cannot', async () => {
    const good = await http.call('GET', '/health/ready')
    expect(good.status).toBe(200)
    expect(good.json).toEqual({ status: 'ready', reasons: [] })
    http.readiness.current = { ready: false, reasons: ['the database does not answer'] }
    const bad = await http.call('GET', '/health/ready')
    expect(bad.status).toBe(503)
    expect(bad.json).toEqual({ status: 'not_ready', reasons: ['the database does not answer'] })
  })
})

describe('GET /metrics', () => {
  test('shows what is in the registry that was given, in the format of Prometheus', async () => {
    const { metrics } = http.deps
    collectDefaultMetrics({ register: metrics })
    new Counter({ name: 'my_total', help: 'Mine.', registers: [metrics] }).inc(3)
    const answer = await http.call('GET', '/metrics')
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(answer.text).toMatch(/^my_total 3$/m)
    expect(answer.text).toContain('process_cpu_seconds_total')
  })
})

describe('the API reference', () => {
  test('loads only from this server, and a policy forbids everything else', async () => {
    const page = await http.call('GET', '/docs')
    expect(page.status).toBe(200)
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address as string)
    expect(files.length).toBeGreaterThan(3)
    for (const file of files) {
      expect(file).toMatch(/^\/docs\/static\//)
      expect((await http.call('GET', file)).status, file).toBe(200)
    }
    expect(page.text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/)
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
  })

  test('shows this description and no badge of a third party', async () => {
    const { text } = await http.call('GET', '/docs/static/swagger-initializer.js')
    expect(text).toContain('"url":"/openapi.json"')
    expect(text).toContain('"validatorUrl":null')
  })

  test.each(['/docs/nothing', '/docs/static/nothing.css', '/docs/..%2f..%2fpackage.json'])(
    'answers %s with 404, like every address where nothing is',
    async (path) => {
      const answer = await http.call('GET', path)
      expect([answer.status, answer.json?.code]).toEqual([404, 'request.unknown_route'])
    },
  )

  test('sends its files again only when they have changed, and tells their size without them', async () => {
    const file = '/docs/static/swagger-ui.css'
    const whole = await http.call('GET', file)
    const again = await http.call('GET', file, { headers: { 'if-none-match': String(whole.headers.etag) } })
    expect([again.status, again.text]).toEqual([304, ''])
    const head = await http.call('HEAD', file)
    expect([head.status, head.text]).toEqual([200, ''])
    expect(head.headers['content-length']).toBe(String(Buffer.byteLength(whole.text)))
  })

  test('the description is OpenAPI 3.1 with the way to send a key and both formats of errors', async () => {
    const { json } = await http.call('GET', '/openapi.json')
    expect(json.openapi).toBe('3.1.0')
    expect(json.servers.map(({ url }: { url: string }) => url)).toEqual(['/', 'http://ringback.test:4400'])
    expect(json.components.securitySchemes.apiKey).toMatchObject({ type: 'http', scheme: 'bearer' })
    const dispatch = json.paths['/api/v1/content/detect_emails'].post
    expect(Object.keys(dispatch.responses).toSorted()).toEqual(['200', '202', '401', '403', '422', '429'])
    expect(dispatch.requestBody.content['application/json'].schema.required).toEqual(['content'])
    expect(dispatch.parameters).toContainEqual(expect.objectContaining({ in: 'header', name: 'Job-Webhook' }))
    const change = json.paths['/api/v1/webhooks/{id}'].patch
    expect(Object.keys(change.responses['422'].content)).toEqual(['application/problem+json'])
  })

  test('every job type shows its input and its result', async () => {
    const { json } = await http.call('GET', '/openapi.json')
    for (const { path, type, input, result } of createTaskRegistry().all) {
      const { post } = json.paths[`/api/v1${path}`]
      const [body] = Object.values<{ schema: { properties: object } }>(post.requestBody.content)
      const inputSchema = z.toJSONSchema(input, { io: 'input' }) as { properties: object }
      expect(Object.keys(body?.schema.properties ?? {}).toSorted(), type).toEqual(
        Object.keys(inputSchema.properties).toSorted(),
      )
      const shown = post.responses['200'].content['application/json'].schema
      const { $schema: _, ...resultSchema } = z.toJSONSchema(result)
      expect(shown.properties.data.properties.attributes.properties.result, type).toMatchObject({
        description: expect.any(String),
        anyOf: [resultSchema, { type: 'null' }],
      })
    }
  })

  test('every `type` of a problem points to a section of the page of errors', async () => {
    const page = await http.call('GET', '/docs/errors')
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    for (const code of [...Object.keys(ERRORS), ...Object.keys(JOB_ERRORS)]) expect(page.text).toContain(`id="${code}"`)
  })
})

test('an answer that is not what the contract says never leaves', async () => {
  await using broken = await openTestHttp({
    webhookSettings: {
      // @ts-expect-error: a row that lacks almost everything
      get: async () => ({ id: 'x', sealedSecret: 'sealed-hidden', createdAt: 0, updatedAt: 0 }),
    },
  })
  const answer = await broken.call('GET', '/api/v1/webhooks/default')
  expect(answer.status).toBe(500)
  expect(answer.text).not.toContain('hidden')
})
