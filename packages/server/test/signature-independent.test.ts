import { spawnSync } from 'node:child_process'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../src/lib/clock.ts'
import { newId } from '../src/lib/ids.ts'
import { buildBodies, serialiseResult } from '../src/webhooks/payload.ts'
import { generateSecret, standardWebhooksKey } from '../src/webhooks/secrets.ts'
import { type SignatureHeaders, signWebhook } from '../src/webhooks/signature.ts'

// Our signatures, verified by code that is not ours or shares nothing with it.

const RESULTS: readonly unknown[] = [
  { content: 'ciao', from_language: 'English', to_language: 'Italian' },
  { unicode: 'größer 😀 日本語 \u2028\u2029\u0000\u007f', slash: '</script> \\ / "' },
  { half: 'x\ud800y\udfff' },
  [1e21, 1e-7, -0, 2 ** 53 + 2, 5e-324, 1.7976931348623157e308, Number.NaN],
  JSON.parse('{"10":1,"9":2,"b":3,"a":4,"__proto__":{"x":1},"":null}'),
  null,
]

const SECRETS = {
  'a generated whsec_ secret': generateSecret(),
  'a raw secret': 'correct horse battery staple',
  'a raw secret that looks like base64': 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'a raw secret outside of ASCII': 'schlüssel-鍵-🔑',
}

interface SignedWebhook {
  readonly secret: string
  readonly headers: SignatureHeaders
  readonly body: string
}

function sign(result: unknown, secret: string, previousSecret?: string): SignedWebhook {
  const { bodyWithResult: body } = buildBodies({
    id: newId(),
    status: 'success',
    type: 'content_translate',
    error: null,
    resultText: serialiseResult(result),
    resultUrl: '',
  })
  const timestampSeconds = Math.floor(systemClock.now() / 1_000)
  const headers = signWebhook({
    body,
    deliveryId: newId(),
    timestampSeconds,
    secret,
    previousSecret: previousSecret ?? null,
  })
  return { secret, headers, body }
}

const WEBHOOKS = Object.values(SECRETS).flatMap((secret) => RESULTS.map((result) => sign(result, secret)))

/** Each with something changed, so that a verifier which accepts everything does not pass. */
const FORGED = WEBHOOKS.flatMap((webhook) => [
  { ...webhook, body: webhook.body.replace('success', 'failure') },
  { ...webhook, secret: `${webhook.secret}x` },
])

const LIBRARIES = [
  ['standardwebhooks', StandardWebhook],
  ['svix', SvixWebhook],
] as const

describe.each(LIBRARIES)('the npm package %s', (_name, Library) => {
  /** As its documentation says: the secret itself for `whsec_`, the raw format for others. */
  const receiverWith = (secret: string) =>
    secret.startsWith('whsec_') ? new Library(secret) : new Library(Buffer.from(secret, 'utf8'), { format: 'raw' })
  const verify = ({ secret, headers, body }: SignedWebhook, payload: string | Buffer = body) =>
    receiverWith(secret).verify(payload, { ...headers })

  test.each(Object.entries(SECRETS))('verifies %s, on text and on bytes', (_what, secret) => {
    for (const result of RESULTS) {
      const webhook = sign(result, secret)
      verify(webhook)
      verify(webhook, Buffer.from(webhook.body))
    }
  })

  test('verifies a raw secret in ASCII that is given as text', () => {
    const { headers, body } = sign(RESULTS[0], SECRETS['a raw secret'])
    new Library(SECRETS['a raw secret'], { format: 'raw' }).verify(body, { ...headers })
  })

  test('verifies with either secret after a rotation, and with no third one', () => {
    const [present, previous] = [generateSecret(), generateSecret()]
    const webhook = sign(RESULTS[0], present, previous)
    verify(webhook)
    verify({ ...webhook, secret: previous })
    expect(() => verify({ ...webhook, secret: generateSecret() })).toThrow('No matching signature')
  })

  test('refuses a changed body, id or time', () => {
    const webhook = sign(RESULTS[0], SECRETS['a generated whsec_ secret'])
    const { headers } = webhook
    const later = String(Number(headers['webhook-timestamp']) + 1)
    expect(() => verify(webhook, webhook.body.replace('ciao', 'Ciao'))).toThrow('No matching signature')
    expect(() => verify({ ...webhook, headers: { ...headers, 'webhook-id': newId() } })).toThrow(
      'No matching signature',
    )
    expect(() => verify({ ...webhook, headers: { ...headers, 'webhook-timestamp': later } })).toThrow(
      'No matching signature',
    )
  })
})

describe('the known vector that Svix publishes', () => {
  const vector = {
    body: '{"test": 2432232314}',
    deliveryId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestampSeconds: 1_614_265_330,
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  }

  test('is what we sign', () => {
    expect(signWebhook(vector)['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })
})

describe("the announcement's JavaScript sample", () => {
  /** On the text that a receiver computes over: the raw body, or what a JSON parser and `JSON.stringify` make of it. */
  function isValid({ secret, headers }: SignedWebhook, payload: string | Buffer): boolean {
    const computed = createHmac('sha256', secret).update(payload).digest('hex')
    return timingSafeEqual(Buffer.from(computed), Buffer.from(headers['X-Signature']))
  }

  test('verifies the raw body and the re-serialised body', () => {
    for (const webhook of WEBHOOKS) {
      const raw = Buffer.from(webhook.body, 'utf8')
      expect(isValid(webhook, raw)).toBe(true)
      expect(isValid(webhook, JSON.stringify(JSON.parse(raw.toString('utf8'))))).toBe(true)
    }
    for (const webhook of FORGED) expect(isValid(webhook, webhook.body)).toBe(false)
  })

  test('verifies the re-serialised body for every result there can be', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.string({ unit: 'binary' }), (json, text) => {
        const webhook = sign({ json, [text]: text }, SECRETS['a raw secret'])
        expect(isValid(webhook, JSON.stringify(JSON.parse(Buffer.from(webhook.body).toString('utf8'))))).toBe(true)
      }),
    )
  })
})

const INTERPRETERS = [
  ['Python', 'python3', ['--version'], 'verify.py'],
  ['PHP', 'php', ['--version'], 'verify.php'],
] as const

describe.each(INTERPRETERS)('%s', (name, command, versionArguments, file) => {
  test('verifies both signatures with its own HMAC, and refuses forged ones', (context) => {
    if (spawnSync(command, versionArguments).status !== 0) {
      const reason = `skipped: ${name} is not installed here (no ${command} on the PATH)`
      // The reporter counts skipped tests but prints no reason.
      console.warn(reason)
      return context.skip(reason)
    }

    const webhooks = [...WEBHOOKS, ...FORGED]
    const cases = webhooks.map(({ secret, headers, body }) => ({
      secret,
      key_base64: standardWebhooksKey(secret).toString('base64'),
      headers,
      body_base64: Buffer.from(body, 'utf8').toString('base64'),
    }))
    const script = fileURLToPath(new URL(`verifiers/${file}`, import.meta.url))
    const run = spawnSync(command, [script], { encoding: 'utf8', input: JSON.stringify(cases) })
    expect(run.stderr).toBe('')
    expect(JSON.parse(run.stdout)).toEqual([...WEBHOOKS.map(() => true), ...FORGED.map(() => false)])
  })
})
