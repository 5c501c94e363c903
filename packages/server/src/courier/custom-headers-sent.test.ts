import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { leasedDelivery } from '../../test/harness/leased-delivery.ts'
import { systemClock } from '../lib/clock.ts'
import { MASKED, mergeHeaders, type WantedHeaders } from '../webhooks/custom-headers.ts'
import { createVault } from '../webhooks/secret-vault.ts'
import { createUrlGuard } from '../webhooks/url-guard.ts'
import { buildRequest } from './request.ts'
import { createSender } from './sending/sender.ts'

const vault = createVault(Buffer.alloc(32, 7))
const accountId = 'account-1'

function stored(wanted: WantedHeaders): string | null {
  const merged = mergeHeaders(null, wanted, { accountId, vault })
  if ('problems' in merged) throw new Error(JSON.stringify(merged.problems))
  return merged.headers
}

function build(customHeaders: string | null, url = 'https://receiver.example/hook') {
  const sealedSecret = vault.seal('chosen secret', accountId)
  const delivery = leasedDelivery({ accountId, url, customHeaders, sealedSecret })
  return buildRequest(delivery, { vault, userAgent: 'test/1', now: 1_700_000_000_000 })
}

test('custom headers are sent as they were written, and recorded with the secret ones masked', () => {
  const { headers, recordedHeaders } = build(stored({ 'X-Env': 'prod', 'X-API-Key': 'hunter2' }))
  expect(headers).toEqual(
    expect.arrayContaining([
      ['X-Env', 'prod'],
      ['X-API-Key', 'hunter2'],
    ]),
  )
  expect(recordedHeaders).toEqual(
    expect.arrayContaining([
      ['X-Env', 'prod'],
      ['X-API-Key', MASKED],
    ]),
  )
  expect(JSON.stringify(recordedHeaders)).not.toContain('hunter2')
})

test('the headers that receivers verify with come last and once, whatever the row holds', () => {
  const forged = ['X-Signature', 'webhook-id', 'Webhook-Signature', 'content-type', 'User-Agent'].map((name) => ({
    name,
    value: 'forged',
    secret: false,
  }))
  const { headers } = build(JSON.stringify([...forged, { name: 'X-Env', value: 'prod', secret: false }]))
  expect(headers.map(([name]) => name)).toEqual([
    'Content-Type',
    'User-Agent',
    'X-Env',
    'X-Signature',
    'webhook-id',
    'webhook-timestamp',
    'webhook-signature',
  ])
  expect(JSON.stringify(headers)).not.toContain('forged')
})

test('an Authorization header of the webhook is the only one, also beside credentials in the URL', () => {
  const url = 'https://me:hidden@receiver.example/hook'
  const authorizations = (list: readonly (readonly [string, string])[]) =>
    list.filter(([name]) => name.toLowerCase() === 'authorization').map(([, value]) => value)
  const both = build(stored({ authorization: 'Bearer mine' }), url)
  expect(authorizations(both.headers)).toEqual(['Bearer mine'])
  expect(authorizations(both.recordedHeaders)).toEqual([MASKED])
  const onlyUrl = build(null, url)
  expect(authorizations(onlyUrl.headers)).toEqual([`Basic ${Buffer.from('me:hidden').toString('base64')}`])
  expect(authorizations(onlyUrl.recordedHeaders)).toEqual([MASKED])
})

test('a header that was sealed with another master key stops the attempt instead of going out as it is', () => {
  const elsewhere = createVault(Buffer.alloc(32, 8)).seal('hunter2', `${accountId} header`)
  const headers = JSON.stringify([{ name: 'X-Token', value: elsewhere, secret: true }])
  expect(() => build(headers)).toThrow('sealed with another master key')
})

test('a receiver gets names in their case and values byte for byte, Latin-1 included', async () => {
  const received: string[] = []
  const server = createServer((request, response) => {
    received.push(...request.rawHeaders)
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const guard = createUrlGuard({ allowHttpTargets: true, allowPrivateTargets: ['127.0.0.0/8'] })
  const sender = createSender({ guard, clock: systemClock, timeoutMs: 5_000 })
  try {
    const custom = stored({ 'X-CamelCase': 'a, b;c="d"', 'X-Place': 'Zürich' })
    const outcome = await sender.send(build(custom, `http://127.0.0.1:${port}/hook`))
    expect(outcome).toMatchObject({ failure: null, answer: { status: 200 } })
    const sentAs = (name: string) => received[received.indexOf(name) + 1]
    expect(sentAs('X-CamelCase')).toBe('a, b;c="d"')
    expect(sentAs('X-Place')).toBe('Zürich')
  } finally {
    await sender.close()
    server.close()
  }
})
