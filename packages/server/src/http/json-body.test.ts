import { REQUEST_BODY_BYTES_MAX } from '@ringback/contract'
import { describe, expect, test } from 'vitest'
import { useTestHttp } from '../../test/harness/use-test-http.ts'

const URL = '/api/v1/content/detect_emails'

const http = useTestHttp()

async function send(payload: string | Buffer, contentType: string | undefined = 'application/json') {
  const response = await http.app.inject({
    method: 'POST',
    url: URL,
    payload,
    headers: { authorization: `Bearer ${http.key}`, ...(contentType !== '' && { 'content-type': contentType }) },
  })
  return { status: response.statusCode, json: response.json() }
}

describe('bodies', () => {
  test('malformed JSON is a 400 that says where', async () => {
    const { status, json } = await send('{"content": "x"')
    expect(status).toBe(400)
    expect(json.code).toBe('request.malformed_json')
    expect(json.message).toMatch(/position 15/)
  })

  test('bytes that are not UTF-8 are a 400, not a job on other text', async () => {
    const { status, json } = await send(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))
    expect(status).toBe(400)
    expect(json.message).toContain('UTF-8')
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'nonsense', ''])(
    'the content type "%s" is a 415 that says what to send',
    async (contentType) => {
      const { status, json } = await send('{"content":"x"}', contentType)
      expect(status).toBe(415)
      expect(json.code).toBe('request.unsupported_media_type')
      expect(json.message).toContain('application/json')
    },
  )

  test('a charset in the content type is fine', async () => {
    expect((await send('{"content":"x"}', 'application/json; charset=UTF-8')).status).toBe(202)
  })

  test('an empty body is a 422 that says that it is missing', async () => {
    const { status, json } = await send('')
    expect(status).toBe(422)
    expect(json.errors.body[0]).toContain('is missing')
  })

  test('one byte over the limit is a 413 that tells the limit', async () => {
    const { status, json } = await send(`"${'x'.repeat(REQUEST_BODY_BYTES_MAX - 1)}"`)
    expect(status).toBe(413)
    expect(json).toMatchObject({ code: 'request.too_large', message: expect.stringContaining('1048576') })
  })

  test('__proto__ and constructor keys pollute nothing and are ignored like unknown fields', async () => {
    const { status } = await send(
      '{"content":"x","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    )
    expect(status).toBe(202)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})
