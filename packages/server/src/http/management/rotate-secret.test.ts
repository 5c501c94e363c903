import { beforeEach, describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { newId } from '../../lib/ids.ts'
import { createVault } from '../../webhooks/secret-vault.ts'
import { openSigningSecrets } from '../../webhooks/signing-secrets.ts'

const FIRST = 'the first secret'
const HOUR_MS = 3_600_000
const vault = createVault(Buffer.alloc(32, 7))

const http = useTestHttp()
let accountId: string
let headers: { authorization: string }
beforeEach(async () => {
  ;({ accountId, headers } = await http.addAccount(newId()))
  const body = { enabled: true, url: 'https://receiver.example/', secret: FIRST }
  await http.call('PATCH', '/api/v1/webhooks/default', { headers, body })
})

const rotate = (body?: unknown) => http.call('POST', '/api/v1/webhooks/default/rotate-secret', { headers, body })
const get = async () => (await http.call('GET', '/api/v1/webhooks/default', { headers })).json
const iso = (timeMs: number) => new Date(timeMs).toISOString()

/** What signs an attempt now. */
async function signing() {
  const row = await http.store.findWebhook(accountId, 'default')
  return row && openSigningSecrets(vault, row, http.clock.now())
}

describe('POST /api/v1/webhooks/<id>/rotate-secret', () => {
  test('without a body makes a secret, shows it this one time, and the old one signs for 24 h more', async () => {
    const until = iso(http.clock.now() + 24 * HOUR_MS)
    const answer = await rotate()
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({ secret: expect.stringMatching(/^whsec_/), previous_secret_until: until })
    expect(await get()).toMatchObject({ has_previous_secret: true })
    expect(await get()).not.toHaveProperty('secret')
    expect(await signing()).toEqual({ secret: answer.json.secret, previousSecret: FIRST })
    http.clock.move(24 * HOUR_MS)
    expect(await signing()).toEqual({ secret: answer.json.secret, previousSecret: null })
    expect(await get()).toMatchObject({ previous_secret_until: null, has_previous_secret: false })
  })

  test('takes a secret and a grace time of the caller’s choice', async () => {
    const answer = await rotate({ secret: 'the second secret', grace: '7d' })
    expect(answer.json.previous_secret_until).toBe(iso(http.clock.now() + 7 * 24 * HOUR_MS))
    expect(answer.json).not.toHaveProperty('secret')
    expect(answer.text).not.toContain('the second secret')
    expect(await signing()).toEqual({ secret: 'the second secret', previousSecret: FIRST })
  })

  test('grace 0 ends the old secret at once', async () => {
    expect((await rotate({ secret: 'the second secret', grace: '0s' })).json.previous_secret_until).toBeNull()
    expect(await signing()).toEqual({ secret: 'the second secret', previousSecret: null })
  })

  test('is refused while an earlier rotation runs, with the time when it is possible; grace 0 is always taken', async () => {
    const { json } = await rotate({ secret: 'the second secret', grace: '2h' })
    const refused = await rotate({ secret: 'the third secret' })
    expect(refused.status).toBe(409)
    expect(refused.json).toMatchObject({
      code: 'webhook.rotation_running',
      detail: expect.stringContaining(json.previous_secret_until),
    })
    expect(await signing()).toEqual({ secret: 'the second secret', previousSecret: FIRST })
    expect((await rotate({ secret: 'the third secret', grace: '0s' })).status).toBe(200)
    expect(await signing()).toEqual({ secret: 'the third secret', previousSecret: null })
    await rotate({ secret: 'the fourth secret', grace: '2h' })
    http.clock.move(2 * HOUR_MS)
    expect((await rotate({ secret: 'the fifth secret', grace: '2h' })).status).toBe(200)
    expect(await signing()).toEqual({ secret: 'the fifth secret', previousSecret: 'the fourth secret' })
  })

  test('sets the first secret of a webhook that has none', async () => {
    const answer = await http.call('POST', '/api/v1/webhooks/operational/rotate-secret', { headers })
    expect(answer.json).toMatchObject({ has_secret: true, previous_secret_until: null })
    expect(answer.json.secret).toMatch(/^whsec_/)
  })

  test.each<[body: unknown, field: string]>([
    [{ secret: 'short' }, 'secret'],
    [{ secret: 'whsec_tooshort' }, 'secret'],
    [{ secret: FIRST }, 'secret'],
    [{ grace: '8d' }, 'grace'],
    [{ grace: '24' }, 'grace'],
    [{ grace: 24 }, 'grace'],
    [{ until: 'x' }, 'until'],
  ])('refuses %j with the field, and the secret stays', async (body, field) => {
    const answer = await rotate(body)
    expect(answer.status).toBe(422)
    expect(answer.json.errors[0]).toEqual({ field, message: expect.any(String) })
    expect(await signing()).toEqual({ secret: FIRST, previousSecret: null })
  })

  test('an unknown webhook is a 404', async () => {
    const answer = await http.call('POST', '/api/v1/webhooks/unheard-of/rotate-secret', { headers })
    expect(answer.json.code).toBe('webhook.not_found')
  })
})
