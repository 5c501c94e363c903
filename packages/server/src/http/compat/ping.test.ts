import { describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'

const http = useTestHttp()

describe('GET /api/v1/ping', () => {
  test('answers pong and the UTC time with six digits, and shows no limit', async () => {
    const answer = await http.call('GET', '/api/v1/ping')
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({ ping: 'pong', timestamp: '2026-01-31T08:50:11.188000Z' })
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('x-ratelimit'))).toEqual([])
  })

  test('works without a key, and says so when a key that was sent is wrong', async () => {
    expect((await http.call('GET', '/api/v1/ping', { headers: { authorization: undefined } })).status).toBe(200)
    const wrong = await http.call('GET', '/api/v1/ping', { headers: { authorization: 'Bearer rb_wrong' } })
    expect(wrong.status).toBe(401)
    expect(wrong.json).toEqual({ code: 'auth.invalid_key', message: expect.any(String) })
  })
})
