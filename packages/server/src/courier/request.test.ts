import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { leasedDelivery } from '../../test/harness/leased-delivery.ts'
import type { LeasedDelivery } from '../store/deliveries.ts'
import { createVault, SecretUnreadableError } from '../webhooks/secret-vault.ts'
import { buildRequest, RequestNotBuildableError } from './request.ts'

const NOW = Date.UTC(2026, 0, 31, 8, 50, 11, 999)
const SECRET = 'a secret of mine'
const ACCOUNT_ID = 'account-1'

const vault = createVault(Buffer.alloc(32, 7))
const sealedSecret = vault.seal(SECRET, ACCOUNT_ID)

function built(change: Partial<LeasedDelivery> = {}) {
  const delivery = leasedDelivery({
    accountId: ACCOUNT_ID,
    body: '{"id":"naïve ☎"}',
    url: 'https://receiver.example/hook?token=abc',
    sealedSecret,
    ...change,
  })
  return buildRequest(delivery, { vault, userAgent: 'SharpAPIWebhook/1.0', now: NOW })
}

test('body and signed bytes are the UTF-8 of the stored text, the timestamp is whole seconds', () => {
  const { body, headers } = built()
  expect(body.toString('utf8')).toBe('{"id":"naïve ☎"}')
  const hex = createHmac('sha256', SECRET).update(body).digest('hex')
  expect(headers).toEqual([
    ['Content-Type', 'application/json'],
    ['User-Agent', 'SharpAPIWebhook/1.0'],
    ['X-Signature', hex],
    ['webhook-id', '019c1f0e-7c1b-7b6a-9a55-2f3f0f8f4a11'],
    ['webhook-timestamp', String(Math.floor(NOW / 1_000))],
    ['webhook-signature', expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/)],
  ])
})

test('the previous secret signs too until its time is over', () => {
  const signatures = (previousSecretUntil: number) =>
    built({ sealedPreviousSecret: vault.seal('the old secret', ACCOUNT_ID), previousSecretUntil })
      .headers.find(([name]) => name === 'webhook-signature')?.[1]
      .split(' ').length
  expect(signatures(NOW + 1)).toBe(2)
  expect(signatures(NOW)).toBe(1)
})

describe('user and password of the URL', () => {
  const url = 'https://us%C3%A9r:p%40ss%3Aword@receiver.example:8443/hook'

  test('become Basic auth in UTF-8, decoded', () => {
    const authorization = built({ url }).headers.find(([name]) => name === 'Authorization')?.[1]
    expect(authorization).toBe(`Basic ${Buffer.from('usér:p@ss:word').toString('base64')}`)
  })

  test('are masked in the record, in the place where they are sent', () => {
    const { headers, recordedHeaders, recordedUrl } = built({ url })
    expect(recordedHeaders.map(([name]) => name)).toEqual([
      'host',
      'connection',
      ...headers.map(([name]) => name),
      'content-length',
    ])
    expect(recordedHeaders).toContainEqual(['Authorization', '********'])
    expect(recordedUrl).toBe('https://us%C3%A9r:***@receiver.example:8443/hook')
    expect(JSON.stringify(recordedHeaders)).not.toContain(Buffer.from('usér:p@ss:word').toString('base64'))
  })

  test('a user without a password is sent and masked as well', () => {
    const { headers, recordedUrl } = built({ url: 'https://token@receiver.example/' })
    expect(headers.find(([name]) => name === 'Authorization')?.[1]).toBe(
      `Basic ${Buffer.from('token:').toString('base64')}`,
    )
    expect(recordedUrl).not.toContain('token')
  })

  test('that are not there add no header', () => {
    expect(built().headers.map(([name]) => name)).not.toContain('Authorization')
  })
})

describe('what cannot be built says what to set', () => {
  test('no URL', () => {
    expect(() => built({ url: null })).toThrow(new RequestNotBuildableError('the webhook has no URL'))
  })

  test('no secret: nothing is ever sent unsigned', () => {
    expect(() => built({ sealedSecret: null })).toThrow(RequestNotBuildableError)
  })

  test('a secret of another account, or of another master key', () => {
    expect(() => built({ sealedSecret: vault.seal(SECRET, 'account-2') })).toThrow(SecretUnreadableError)
    expect(() => built({ sealedSecret: createVault(Buffer.alloc(32, 8)).seal(SECRET, ACCOUNT_ID) })).toThrow(
      SecretUnreadableError,
    )
  })

  test('a URL that is none', () => {
    expect(() => built({ url: 'nonsense' })).toThrow(RequestNotBuildableError)
  })
})
