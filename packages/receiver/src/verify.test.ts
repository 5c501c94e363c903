import { describe, expect, test } from 'vitest'
import { bodyOf, type VectorCase, vectors, vectorsNowMs } from '../test/vectors.ts'
import { WebhookVerificationError } from './errors.ts'
import type { WebhookHeaders } from './headers.ts'
import { isSame } from './signature.ts'
import { verify } from './verify.ts'

/** `ok`, or the code of the error. */
async function judge(body: string | Uint8Array, headers: WebhookHeaders, { secrets, scheme }: VectorCase) {
  const options = { scheme, tolerance: vectors.tolerance_seconds, now: () => vectorsNowMs }
  try {
    await verify(body, headers, secrets, options)
    return 'ok'
  } catch (error) {
    return error instanceof WebhookVerificationError ? error.code : error
  }
}

describe('the shared cases', () => {
  test.each(vectors.cases)('$name: $expected', async (vector) => {
    const body = bodyOf(vector)
    expect(await judge(body, vector.headers, vector)).toBe(vector.expected)
    expect(await judge(Buffer.from(body), vector.headers, vector)).toBe(vector.expected)
  })
})

const BODY = '{"id":"1","status":"success","type":"content_translate","result":{"content":"ciao"}}'
const standard = vectors.cases.find(({ expected }) => expected === 'ok') as VectorCase

describe('verify', () => {
  test('takes the headers of the Web, and an ArrayBuffer', async () => {
    const bytes = Uint8Array.from(Buffer.from(bodyOf(standard))).buffer
    expect(await judge(new Uint8Array(bytes), new Headers(standard.headers), standard)).toBe('ok')
    const options = { now: () => vectorsNowMs }
    const { deliveryId, event } = await verify(bytes, standard.headers, standard.secrets, options)
    expect(deliveryId).toBe(standard.headers['webhook-id'])
    expect(event.type).toBe('content_translate')
  })

  test('takes a view into larger memory by what it shows', async () => {
    const body = Buffer.from(bodyOf(standard))
    const padded = Buffer.concat([Buffer.from('xx'), body, Buffer.from('yy')])
    expect(await judge(padded.subarray(2, -2), standard.headers, standard)).toBe('ok')
  })

  test('says of a body that was parsed already what to do', async () => {
    const parsed = JSON.parse(BODY) as string
    await expect(verify(parsed, standard.headers, 'secret')).rejects.toMatchObject({
      code: 'body.parsed',
      message: expect.stringContaining('express.raw'),
    })
  })

  test('has no secret in any message', async () => {
    for (const vector of vectors.cases.filter(({ expected }) => expected !== 'ok')) {
      const options = { scheme: vector.scheme, now: () => vectorsNowMs }
      const error = await verify(bodyOf(vector), vector.headers, vector.secrets, options).catch((thrown) => thrown)
      for (const secret of vector.secrets.filter((text) => text.length > 6)) expect(error.message).not.toContain(secret)
    }
  })
})

test('texts are the same only when they are, whatever their lengths', () => {
  expect(isSame('abc', 'abc')).toBe(true)
  for (const given of ['', 'a', 'ab', 'abd', 'abcabc', 'abcd', 'xbc']) expect(isSame('abc', given), given).toBe(false)
})
