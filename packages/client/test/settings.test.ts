import { afterEach, expect, test, vi } from 'vitest'
import { type ClientOptions, RingbackClient } from '../src/index.ts'

const seen: Request[] = []
const fetch = async (...call: Parameters<typeof globalThis.fetch>) => {
  seen.push(new Request(...call))
  return new Response('{"job_id":"1","status_url":"http://x/y"}', { status: 202 })
}
afterEach(() => vi.unstubAllGlobals())
const clientOf = (change: Partial<ClientOptions> = {}) =>
  new RingbackClient({ baseUrl: 'http://127.0.0.1:4400', apiKey: 'key', fetch, ...change })

test.each([
  ['http://localhost:4400', 'http://localhost:4400/api/v1/ping'],
  ['http://localhost:4400/', 'http://localhost:4400/api/v1/ping'],
  ['https://sharpapi.com/api/v1', 'https://sharpapi.com/api/v1/ping'],
  ['https://example.com/ringback/api/v1//', 'https://example.com/ringback/api/v1/ping'],
  ['https://example.com/ringback', 'https://example.com/ringback/api/v1/ping'],
])('%s asks at %s', async (baseUrl, url) => {
  await clientOf({ baseUrl }).ping()
  expect(seen.at(-1)?.url).toBe(url)
})

test.each<[Partial<ClientOptions>, RegExp]>([
  [{ baseUrl: 'localhost:4400' }, /^baseUrl: must be the http or https address/],
  [{ baseUrl: '' }, /^baseUrl: /],
  [{ baseUrl: 'http://user:secret@localhost' }, /^baseUrl: must have no user, password/],
  [{ baseUrl: 'http://localhost?key=1' }, /^baseUrl: must have no .*query/],
  [{ apiKey: '' }, /^apiKey: .*is its setting empty\?$/],
  [{ apiKey: undefined as unknown as string }, /^apiKey: /],
  [{ apiKey: 'very secret\n' }, /^apiKey: (?!.*very secret)/],
  [{ retries: -1 }, /^retries: must be a whole number from 0 to 10, not -1$/],
  [{ retries: 0.5 }, /^retries: /],
  [{ timeoutMs: 0 }, /^timeoutMs: must be milliseconds from 1 to 2147483647, not 0$/],
  [{ timeoutMs: Number.NaN }, /^timeoutMs: /],
])('%j is refused', (change, message) => {
  expect(() => clientOf(change)).toThrow(message)
})

test.each([
  [{ waitSeconds: 0 }, /^waitSeconds: must be a whole number from 1 to 60, not 0$/],
  [{ waitSeconds: 61 }, /^waitSeconds: /],
  [{ waitSeconds: 1.5 }, /^waitSeconds: /],
  [{ idempotencyKey: '' }, /^idempotencyKey: /],
  [{ idempotencyKey: 'ö' }, /^idempotencyKey: /],
  [{ idempotencyKey: 'x'.repeat(256) }, /^idempotencyKey: /],
  [{ timeoutMs: 2 ** 31 }, /^timeoutMs: /],
])('a dispatch with %j is refused before it is sent', async (options, message) => {
  const before = seen.length
  await expect(clientOf().content.proofread({ content: 'x' }, options)).rejects.toThrow(message)
  expect(seen).toHaveLength(before)
})

test('an input that is no object, and a file that is none, are refused before they are sent', async () => {
  const client = clientOf()
  const before = seen.length
  await expect(client.content.proofread('x' as never)).rejects.toThrow('must be an object')
  await expect(client.hr.parseResume({ file: './cv.pdf' as never })).rejects.toThrow('The field "file" must be a File')
  await expect(client.wait({ jobId: '1', type: 'x' }, { timeoutMs: -1 })).rejects.toThrow('timeoutMs: ')
  expect(seen).toHaveLength(before)
})

test('the options of a dispatch are its headers', async () => {
  const hook = { jobWebhook: 'https://example.com/hook', payloadRetention: '1h' }
  const options = { ...hook, idempotencyKey: 'order-1', waitSeconds: 5 }
  await clientOf().content.proofread({ content: 'größer' }, options)
  const request = seen.at(-1) as Request
  expect(Object.fromEntries(request.headers)).toMatchObject({
    accept: 'application/json',
    authorization: 'Bearer key',
    'content-type': 'application/json',
    'idempotency-key': 'order-1',
    'job-webhook': 'https://example.com/hook',
    'payload-retention': '1h',
    prefer: 'wait=5',
  })
  expect(request.redirect).toBe('manual')
  expect(await request.json()).toEqual({ content: 'größer' })
})

test.each<
  [string, File | Blob | { name: string; data: Blob | ArrayBuffer | Uint8Array | string; type?: string }, string]
>([
  ['a File', new File(['text'], 'cv.txt', { type: 'text/plain' }), 'cv.txt text/plain'],
  ['a Blob', new Blob(['text'], { type: 'application/pdf' }), 'file application/pdf'],
  ['a named Blob', { name: 'cv.txt', data: new Blob(['text'], { type: 'text/plain' }) }, 'cv.txt text/plain'],
  ['a named Blob of another type', { name: 'cv.rtf', data: new Blob(['text']), type: 'text/rtf' }, 'cv.rtf text/rtf'],
  ['a named text', { name: 'cv.txt', data: 'text', type: 'text/plain' }, 'cv.txt text/plain'],
  ['named bytes', { name: 'cv.pdf', data: new TextEncoder().encode('text') }, 'cv.pdf application/octet-stream'],
  ['a named buffer', { name: 'cv.pdf', data: Buffer.from('text') }, 'cv.pdf application/octet-stream'],
])('%s is uploaded with its name and type, beside the fields that are given', async (_name, file, expected) => {
  await clientOf().hr.resumeJobMatchScore({ file, content: 'Welder', language: null, context: undefined })
  const form = await (seen.at(-1) as Request).formData()
  expect([...form.keys()].sort()).toEqual(['content', 'file'])
  const part = form.get('file') as File
  expect(`${part.name} ${part.type}`).toBe(expected)
  expect(await part.text()).toBe('text')
})

test('where fetch knows no redirect of "error", as in Cloudflare Workers, files are sent all the same', async () => {
  const refuse = (init?: RequestInit) => {
    if (init?.redirect === 'error') throw new TypeError('Invalid redirect value, must be one of "follow" or "manual".')
  }
  const NodeRequest = Request
  vi.stubGlobal(
    'Request',
    class extends NodeRequest {
      constructor(input: string | URL | Request, init?: RequestInit) {
        refuse(init)
        super(input, init)
      }
    },
  )
  const asThere: typeof fetch = async (input, init) => {
    refuse(init)
    return await fetch(input, init)
  }
  await clientOf({ fetch: asThere }).hr.parseResume({ file: { name: 'cv.txt', data: 'text' } })
  expect(seen.at(-1)?.redirect).toBe('manual')
})

test('a timeout that is the longest there is stays so with waitSeconds on top', async () => {
  const limits: number[] = []
  const clock = {
    now: () => 0,
    after(delayMs: number) {
      limits.push(delayMs)
      return () => {}
    },
  }
  await clientOf({ clock, timeoutMs: 2 ** 31 - 1 }).content.proofread({ content: 'x' }, { waitSeconds: 60 })
  expect(limits).toEqual([2 ** 31 - 1])
})

test('a form can be asked for where there is no file, and a file needs no asking', async () => {
  const client = clientOf()
  await client.custom('a b', { flag: true, list: [1], text: 'x', none: null }, { form: true })
  const request = seen.at(-1) as Request
  expect(request.url).toBe('http://127.0.0.1:4400/api/v1/custom/a%20b')
  expect([...(await request.formData())]).toEqual([
    ['flag', 'true'],
    ['list', '[1]'],
    ['text', 'x'],
  ])
  await client.custom('slug')
  expect(await (seen.at(-1) as Request).json()).toEqual({})
})
