import { beforeEach, describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { newId } from '../../lib/ids.ts'
import { publicKeyOf } from '../../webhooks/signers.ts'
import { openSigningSecrets } from '../../webhooks/signing-secrets.ts'

const SECRET = 'the first secret'
const HOUR_MS = 3_600_000
const KEY = /^whpk_[A-Za-z0-9+/]{43}=$/

const http = useTestHttp()
let accountId: string
let headers: { authorization: string }
beforeEach(async () => {
  ;({ accountId, headers } = await http.addAccount(newId()))
  await patch({ enabled: true, url: 'https://receiver.example/', secret: SECRET })
})

const patch = (body: unknown, id = 'default') => http.call('PATCH', `/api/v1/webhooks/${id}`, { headers, body })
const get = async () => (await http.call('GET', '/api/v1/webhooks/default', { headers })).json
const rotateKey = (body?: unknown) => http.call('POST', '/api/v1/webhooks/default/rotate-key', { headers, body })
const rotateSecret = (body?: unknown) => http.call('POST', '/api/v1/webhooks/default/rotate-secret', { headers, body })
const iso = (timeMs: number) => new Date(timeMs).toISOString()

/** What signs an attempt now: the secrets, and the keys by their public half. */
async function signing() {
  const row = await http.store.findWebhook(accountId, 'default')
  const signers = row && openSigningSecrets(http.deps.vault as never, row, http.clock.now())
  return signers && { ...signers, signingKeys: signers.signingKeys?.map(publicKeyOf) ?? [] }
}

describe('asymmetric_signature', () => {
  test('is off unless asked for, and then nothing but the secret signs', async () => {
    expect(await get()).toMatchObject({ asymmetric_signature: false, public_key: null, previous_public_key: null })
    expect(await signing()).toEqual({ secret: SECRET, previousSecret: null, signingKeys: [] })
  })

  test('true makes a key that signs beside the secret; only its public half is ever shown', async () => {
    const answer = await patch({ asymmetric_signature: true })
    expect(answer.status).toBe(200)
    const { public_key: key } = answer.json
    expect(answer.json).toMatchObject({ asymmetric_signature: true, public_key: expect.stringMatching(KEY) })
    expect(answer.text).not.toContain('whsk_')
    expect(answer.json).not.toHaveProperty('secret')
    expect(await get()).toMatchObject({ public_key: key, previous_secret_until: null })
    expect(await signing()).toEqual({ secret: SECRET, previousSecret: null, signingKeys: [key] })
    // Asked for again, it stays the same key.
    expect((await patch({ asymmetric_signature: true, include_result: true })).json.public_key).toBe(key)
  })

  test('is sealed: neither half of the key is in the database', async () => {
    const { public_key: key } = (await patch({ asymmetric_signature: true })).json
    const row = JSON.stringify(await http.store.findWebhook(accountId, 'default'))
    expect(row).not.toContain('whsk_')
    expect(row).not.toContain(key.slice('whpk_'.length))
  })

  test('false takes the key away at once, also one that a rotation had left', async () => {
    await patch({ asymmetric_signature: true })
    await rotateKey()
    const answer = await patch({ asymmetric_signature: false })
    expect(answer.json).toMatchObject({ asymmetric_signature: false, public_key: null, previous_public_key: null })
    expect(await signing()).toEqual({ secret: SECRET, previousSecret: null, signingKeys: [] })
  })

  test('a webhook without a secret gets one with its key, shown this one time', async () => {
    const { json } = await patch({ asymmetric_signature: true }, 'operational')
    expect(json).toMatchObject({ has_secret: true, public_key: expect.stringMatching(KEY) })
    expect(json.secret).toMatch(/^whsec_/)
  })

  test('a new webhook may have one from the start', async () => {
    const body = { url: 'https://receiver.example/', asymmetric_signature: true }
    const { json, status } = await http.call('POST', '/api/v1/webhooks', { headers, body })
    expect(status).toBe(201)
    expect(json).toMatchObject({ asymmetric_signature: true, public_key: expect.stringMatching(KEY) })
  })

  test('the key stays when the secret is rotated or replaced', async () => {
    const { public_key: key } = (await patch({ asymmetric_signature: true })).json
    await rotateSecret({ secret: 'the second secret' })
    expect(await signing()).toEqual({ secret: 'the second secret', previousSecret: SECRET, signingKeys: [key] })
    await patch({ secret: 'the third secret' })
    expect(await signing()).toEqual({
      secret: 'the third secret',
      previousSecret: 'the second secret',
      signingKeys: [key],
    })
  })

  test.each(['whsk_', 'whpk_'])('a secret that is really a %s key is refused', async (prefix) => {
    const answer = await patch({ secret: prefix + Buffer.alloc(32, 1).toString('base64') })
    expect(answer.status).toBe(422)
    expect(answer.json.errors[0]).toMatchObject({
      field: 'secret',
      message: expect.stringContaining('made by the server'),
    })
  })
})

describe('POST /api/v1/webhooks/<id>/rotate-key', () => {
  test('makes another key, and both sign for 24 h', async () => {
    const { public_key: first } = (await patch({ asymmetric_signature: true })).json
    const answer = await rotateKey()
    expect(answer.status).toBe(200)
    const { public_key: second } = answer.json
    expect(answer.json).toMatchObject({
      previous_public_key: first,
      previous_secret_until: iso(http.clock.now() + 24 * HOUR_MS),
      has_previous_secret: false,
    })
    expect(second).not.toBe(first)
    expect(await signing()).toEqual({ secret: SECRET, previousSecret: null, signingKeys: [second, first] })
    http.clock.move(24 * HOUR_MS)
    expect(await get()).toMatchObject({ public_key: second, previous_public_key: null, previous_secret_until: null })
    expect(await signing()).toEqual({ secret: SECRET, previousSecret: null, signingKeys: [second] })
  })

  test('grace 0 ends the old key at once', async () => {
    await patch({ asymmetric_signature: true })
    const { json } = await rotateKey({ grace: '0s' })
    expect(json).toMatchObject({ previous_public_key: null, previous_secret_until: null })
    expect((await signing())?.signingKeys).toEqual([json.public_key])
  })

  test('is refused while a rotation of the secret runs, which it would end; grace 0 is always taken', async () => {
    await patch({ asymmetric_signature: true })
    const { previous_secret_until: until } = (await rotateSecret({ secret: 'the second secret', grace: '2h' })).json
    const refused = await rotateKey()
    expect(refused.status).toBe(409)
    expect(refused.json).toMatchObject({ code: 'webhook.rotation_running', detail: expect.stringContaining(until) })
    expect((await rotateKey({ grace: '0s' })).status).toBe(200)
    expect(await signing()).toMatchObject({ secret: 'the second secret', previousSecret: null })
  })

  test('a webhook without an asymmetric signature has no key to rotate', async () => {
    const answer = await rotateKey()
    expect(answer.status).toBe(422)
    expect(answer.json).toMatchObject({
      code: 'webhook.key_missing',
      detail: expect.stringContaining('asymmetric_signature'),
    })
  })

  test.each<[body: unknown, field: string]>([
    [{ grace: '8d' }, 'grace'],
    [{ key: 'whsk_x' }, 'key'],
  ])('refuses %j with the field', async (body, field) => {
    await patch({ asymmetric_signature: true })
    const answer = await rotateKey(body)
    expect(answer.status).toBe(422)
    expect(answer.json.errors[0]).toEqual({ field, message: expect.any(String) })
  })

  test('an unknown webhook is a 404', async () => {
    const answer = await http.call('POST', '/api/v1/webhooks/unheard-of/rotate-key', { headers })
    expect(answer.json.code).toBe('webhook.not_found')
  })
})
