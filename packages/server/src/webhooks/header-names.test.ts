import { describe, expect, test } from 'vitest'
import { isSecretName, whyReserved } from './header-names.ts'

describe('names that are not for people to set', () => {
  test.each([
    'Host',
    'Content-Length',
    'Content-Type',
    'content-encoding',
    'Accept-Encoding',
    'Transfer-Encoding',
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Upgrade',
    'Expect',
    'Proxy-Authorization',
    'User-Agent',
    'X-Signature',
    'x-signature',
    'webhook-id',
    'Webhook-Signature',
    'webhook-anything',
    'svix-signature',
    'X-Ringback-Event',
    'X-Forwarded-For',
    'Forwarded',
    'Via',
    'Metadata-Flavor',
    'X-aws-ec2-metadata-token',
    'Sec-Fetch-Site',
    'Origin',
    'Set-Cookie',
  ])('%s is reserved, with the reason', (name) => {
    expect(whyReserved(name)).toMatch(/^is reserved: ./)
  })

  test.each(['Authorization', 'X-Env', 'X-Signature-Hint', 'Cookie', 'Accept', 'X-Host', 'Webhook', 'traceparent'])(
    '%s is free',
    (name) => {
      expect(whyReserved(name)).toBeNull()
    },
  )
})

describe('names that carry credentials', () => {
  test.each([
    'Authorization',
    'X-Auth',
    'X-Api-Key',
    'apikey',
    'X-Gitlab-Token',
    'client_secret',
    'Cookie',
    'X-Password',
  ])('%s is secret without being asked', (name) => {
    expect(isSecretName(name)).toBe(true)
  })

  test.each(['X-Env', 'X-Keyboard', 'X-Tokens-Left', 'Author', 'X-Monkey'])('%s is not', (name) => {
    expect(isSecretName(name)).toBe(false)
  })
})
