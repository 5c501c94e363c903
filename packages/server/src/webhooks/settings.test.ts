import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Clock, systemClock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/ids.ts'
import { openSqliteStore } from '../store/sqlite/sqlite.ts'
import type { Store } from '../store/store.ts'
import { generateMasterKey, parseMasterKey } from './master-key.ts'
import { ROTATION_GRACE_MS } from './rotation.ts'
import { createVault } from './secret-vault.ts'
import { parseSecret } from './secrets.ts'
import { createWebhookSettings, type WebhookSettings } from './settings.ts'
import { openSigningSecrets } from './signing-secrets.ts'
import { createUrlGuard } from './url-guard.ts'
import type { SettingsChange } from './wanted-settings.ts'

const URL_A = 'https://10.0.0.1/hook'
const URL_B = 'https://user:hunter2@10.0.0.2/hook'
const OLD_SECRET = 'the first secret'
const NEW_SECRET = 'the second secret'
const HOUR_MS = 60 * 60 * 1_000

let folder: string
let store: Store
let settings: WebhookSettings
let accountId: string
let nowMs = 1_700_000_000_000
const vault = createVault(parseMasterKey(generateMasterKey()))
const clock: Clock = { ...systemClock, now: () => nowMs }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-settings-'))
  store = await openSqliteStore({ file: join(folder, 'ringback.db'), clock })
})

afterAll(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

beforeEach(async () => {
  nowMs = 1_700_000_000_000
  accountId = (await newAccount()).id
  settings = settingsWith(['10.0.0.0/8'])
})

/** Each test has an account of its own, with its untouched `default` webhook. */
function newAccount() {
  return store.ensureAccount({ id: newId(), name: newId(), webhookId: newId(), createdAt: nowMs })
}

function settingsWith(allowPrivateTargets: readonly string[]): WebhookSettings {
  const guard = createUrlGuard({ allowHttpTargets: false, allowPrivateTargets, clock })
  return createWebhookSettings({ store, guard, vault, clock, newId })
}

const change = (wanted: SettingsChange) => settings.change(accountId, 'default', wanted)

async function errorOf(promise: Promise<unknown>): Promise<AppError> {
  const outcome = await promise.catch((error: unknown) => error)
  if (outcome instanceof AppError) return outcome
  throw new Error('nothing was refused')
}

/** What signs an attempt now. */
async function signingSecrets() {
  return openSigningSecrets(vault, await settings.get(accountId, 'default'), nowMs)
}

describe('switching on', () => {
  test('without a secret makes one, valid and shown once', async () => {
    const first = await change({ enabled: true, url: URL_A })
    expect(first.webhook).toMatchObject({ enabled: true, url: URL_A })
    expect(first.generatedSecret).toMatch(/^whsec_/)
    expect(parseSecret(first.generatedSecret ?? '')).toHaveProperty('secret')
    expect(await signingSecrets()).toEqual({ secret: first.generatedSecret, previousSecret: null })
    expect((await change({ enabled: false })).generatedSecret).toBeNull()
    expect((await change({ enabled: true })).generatedSecret).toBeNull()
  })

  test('with a secret keeps that one', async () => {
    expect((await change({ enabled: true, url: URL_A, secret: OLD_SECRET })).generatedSecret).toBeNull()
    expect(await signingSecrets()).toEqual({ secret: OLD_SECRET, previousSecret: null })
  })

  test('without a URL is refused, and nothing is saved', async () => {
    const error = await errorOf(change({ enabled: true, secret: OLD_SECRET }))
    expect(error.code).toBe('webhook.url_missing')
    expect(error.fields).toEqual([expect.objectContaining({ field: 'url' })])
    expect(await settings.get(accountId, 'default')).toMatchObject({ enabled: false, sealedSecret: null })
  })

  test('clears the reason why it was switched off', async () => {
    await change({ enabled: true, url: URL_A })
    await store.updateWebhook(accountId, 'default', { enabled: false, disabledReason: '410 Gone' }, nowMs)
    expect((await change({ includeResult: true })).webhook.disabledReason).toBe('410 Gone')
    expect((await change({ enabled: true })).webhook).toMatchObject({ enabled: true, disabledReason: null })
  })
})

describe('each field is changed alone', () => {
  test.each<[SettingsChange, object]>([
    [{ enabled: false }, { enabled: false }],
    [{ url: 'https://10.9.9.9' }, { url: 'https://10.9.9.9/' }],
    [{ includeResult: true }, { includeResult: true }],
    [{}, {}],
  ])('%j leaves all others', async (wanted, expected) => {
    const { webhook: before } = await change({ enabled: true, url: URL_A, secret: OLD_SECRET })
    nowMs += 1_000
    expect((await change(wanted)).webhook).toEqual({ ...before, ...expected, updatedAt: expect.any(Number) })
  })

  test('a URL can be removed only while it is off', async () => {
    await change({ enabled: true, url: URL_A })
    expect((await errorOf(change({ url: null }))).code).toBe('webhook.url_missing')
    expect((await change({ url: null, enabled: false })).webhook.url).toBeNull()
  })

  test('saving a URL as it is displayed keeps its password', async () => {
    await change({ url: URL_B })
    expect((await change({ url: 'https://user:***@10.0.0.2/hook' })).webhook.url).toBe(URL_B)
    expect((await change({ url: 'https://user:***@10.0.0.3/hook' })).webhook.url).toContain('***')
  })
})

describe('what is wrong is refused, all at once, and nothing is saved', () => {
  test('a URL that is not allowed', async () => {
    const error = await errorOf(change({ url: 'https://127.0.0.1/', includeResult: true }))
    expect(error.code).toBe('webhook.url_not_allowed')
    expect(error.detail).toContain('RINGBACK_ALLOW_PRIVATE_TARGETS=127.0.0.0/8')
    expect(await settings.get(accountId, 'default')).toMatchObject({ url: null, includeResult: false })
  })

  test('a secret and a URL together', async () => {
    const error = await errorOf(change({ url: 'ftp://10.0.0.1/', secret: 'short' }))
    expect(error.code).toBe('request.invalid')
    expect(error.fields.map(({ field }) => field)).toEqual(['secret', 'url'])
  })

  test('an unknown webhook, and one of another account', async () => {
    const other = await newAccount()
    const foreign = await settings.get(other.id, 'default')
    for (const id of ['nowhere', foreign.id]) {
      expect((await errorOf(settings.get(accountId, id))).code).toBe('webhook.not_found')
      expect((await errorOf(settings.change(accountId, id, {}))).code).toBe('webhook.not_found')
      expect((await errorOf(settings.sendTest(accountId, id))).code).toBe('webhook.not_found')
    }
  })
})

describe('rotation', () => {
  test('the old secret signs for 24 h beside the new one, then no more', async () => {
    await change({ secret: OLD_SECRET })
    await change({ secret: NEW_SECRET })
    expect(await signingSecrets()).toEqual({ secret: NEW_SECRET, previousSecret: OLD_SECRET })
    nowMs += 24 * HOUR_MS - 1
    expect(await signingSecrets()).toEqual({ secret: NEW_SECRET, previousSecret: OLD_SECRET })
    nowMs += 1
    expect(await signingSecrets()).toEqual({ secret: NEW_SECRET, previousSecret: null })
    expect(ROTATION_GRACE_MS).toBe(24 * HOUR_MS)
  })

  test('setting the same secret again rotates nothing', async () => {
    const { webhook } = await change({ secret: OLD_SECRET })
    expect((await change({ secret: OLD_SECRET })).webhook.sealedSecret).toBe(webhook.sealedSecret)
    expect(await signingSecrets()).toEqual({ secret: OLD_SECRET, previousSecret: null })
  })

  test('the secret is not in the database as it is, and opens for its account only', async () => {
    const { webhook } = await change({ secret: OLD_SECRET })
    expect(JSON.stringify(webhook)).not.toContain(OLD_SECRET)
    expect(() => openSigningSecrets(vault, { ...webhook, accountId: newId() }, nowMs)).toThrow('another master key')
  })

  test('a secret that cannot be read any more can be replaced', async () => {
    const lost = createVault(parseMasterKey(generateMasterKey())).seal(OLD_SECRET, accountId)
    await store.updateWebhook(accountId, 'default', { sealedSecret: lost }, nowMs)
    await change({ secret: NEW_SECRET })
    expect(await signingSecrets()).toEqual({ secret: NEW_SECRET, previousSecret: null })
  })
})

describe('a test', () => {
  test.each([
    [false, ['id', 'status', 'type']],
    [true, ['id', 'status', 'type', 'result']],
  ])(
    "with include result %s is the announcement's sample, sent also while the webhook is off",
    async (includeResult, keys) => {
      const { webhook } = await change({ url: URL_A, secret: OLD_SECRET, includeResult })
      const { deliveryId } = await settings.sendTest(accountId, 'default')
      const delivery = await store.findDelivery(accountId, deliveryId)
      expect(delivery).toMatchObject({
        webhookId: webhook.id,
        trigger: 'test',
        status: 'waiting',
        jobId: null,
        jobType: 'content_translate',
        url: URL_A,
      })
      const body = JSON.parse(delivery?.body ?? '')
      expect(Object.keys(body)).toEqual(keys)
      expect(body).toMatchObject({ status: 'success', type: 'content_translate' })
      if (includeResult)
        expect(body.result).toEqual({ content: 'ciao', from_language: 'English', to_language: 'Italian' })
    },
  )

  test('has another job id each time, so that receivers do not drop the second one', async () => {
    await change({ url: URL_A, secret: OLD_SECRET })
    const bodies = []
    for (const _ of [1, 2]) {
      const { deliveryId } = await settings.sendTest(accountId, 'default')
      bodies.push((await store.findDelivery(accountId, deliveryId))?.body)
    }
    expect(bodies[0]).not.toBe(bodies[1])
  })

  test('needs a URL, a secret, and a URL that is still allowed', async () => {
    const sent = () => errorOf(settings.sendTest(accountId, 'default'))
    expect((await sent()).code).toBe('webhook.url_missing')
    await change({ url: URL_A })
    expect((await sent()).code).toBe('webhook.secret_missing')
    await change({ secret: OLD_SECRET })
    settings = settingsWith([])
    expect((await sent()).code).toBe('webhook.url_not_allowed')
    expect(await store.listDeliveries({ accountId, limit: 1 })).toEqual([])
  })
})
