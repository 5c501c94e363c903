import { RESULT_DEPTH_MAX, WEBHOOK_RESULT_BYTES_MAX } from '@ringback/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BodyInput, buildBodies, ResultNotSendableError, serialiseResult } from './payload.ts'

const SUCCESS: BodyInput = {
  id: 'bf683177-3a48-47d1-9c4e-0b4de39517fa',
  status: 'success',
  type: 'content_translate',
  error: null,
  resultText: '{"content":"ciao"}',
  resultUrl: 'https://ringback.example/api/v1/content/translate/job/status/bf683177-3a48-47d1-9c4e-0b4de39517fa',
}

function nested(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { inner: value }
  return value
}

describe('the body', () => {
  test("is the announcement's, without and with the result", () => {
    expect(buildBodies(SUCCESS)).toEqual({
      body: '{"id":"bf683177-3a48-47d1-9c4e-0b4de39517fa","status":"success","type":"content_translate"}',
      bodyWithResult:
        '{"id":"bf683177-3a48-47d1-9c4e-0b4de39517fa","status":"success","type":"content_translate","result":{"content":"ciao"}}',
    })
  })

  test('of a failed job has the error, and null for the result where it is included', () => {
    const error = { code: 'model.not_configured', message: 'Set RINGBACK_MODEL.' } as const
    const { body, bodyWithResult } = buildBodies({ ...SUCCESS, status: 'failed', error, resultText: null })
    expect(Object.entries(JSON.parse(body))).toEqual([
      ['id', SUCCESS.id],
      ['status', 'failed'],
      ['type', SUCCESS.type],
      ['error', error],
    ])
    expect(bodyWithResult).toBe(`${body.slice(0, -1)},"result":null}`)
  })

  test('of a success whose result is null says so', () => {
    expect(JSON.parse(buildBodies({ ...SUCCESS, resultText: 'null' }).bodyWithResult)).toHaveProperty('result', null)
  })

  test('names where a result of more than 256 KiB can be fetched, counted in bytes', () => {
    const atLimit = JSON.stringify('ä'.repeat((WEBHOOK_RESULT_BYTES_MAX - 2) / 2))
    expect(Object.keys(JSON.parse(buildBodies({ ...SUCCESS, resultText: atLimit }).bodyWithResult))).toContain('result')
    const over = `${atLimit.slice(0, -1)}a"`
    const told = JSON.parse(buildBodies({ ...SUCCESS, resultText: over }).bodyWithResult)
    expect(Object.keys(told)).toEqual(['id', 'status', 'type', 'result_url'])
    expect(told.result_url).toBe(SUCCESS.resultUrl)
  })
})

/** Keys that objects treat in their own way: integer-like ones move to the front, `__proto__` is an accessor. */
const awkwardKeys = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toJSON', 'length', '', '0', '10', '-1', '4294967295', '01', 'a"b\\c/</'),
  fc.string({ unit: 'binary' }),
)
const awkwardNumbers = fc.oneof(
  fc.double(),
  fc.constantFrom(-0, 0, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 2 ** 53 + 2, 0.1 + 0.2, Number.NaN, -Infinity),
)
/** Any UTF-16 code units, so also halves of characters. */
const awkwardStrings = fc
  .array(fc.oneof(fc.nat(0xffff), fc.constantFrom(0xd800, 0xdfff, 0x2028, 0x2029, 0, 0x7f, 0x2f, 0x22, 0x5c, 0xfeff)))
  .map((units) => String.fromCharCode(...units))

const awkwardResults = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    awkwardNumbers,
    awkwardStrings,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value')),
    fc.array(fc.tuple(awkwardKeys, tie('value'))).map((entries) => {
      const object: Record<string, unknown> = {}
      for (const [key, value] of entries) {
        Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
      }
      return object
    }),
  ),
})).value

describe('what is signed is what is sent', () => {
  const isFixedPoint = (value: unknown) => {
    const { body, bodyWithResult } = buildBodies({ ...SUCCESS, resultText: serialiseResult(value) })
    for (const text of [body, bodyWithResult]) {
      expect(JSON.stringify(JSON.parse(text))).toBe(text)
      // Nothing is lost on the way through UTF-8 either.
      expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text)
    }
  }

  test('the body is a fixed point of parse and stringify for every result there can be', () => {
    fc.assert(fc.property(awkwardResults, isFixedPoint), { numRuns: 2_000 })
    fc.assert(fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 20 }), isFixedPoint), { numRuns: 500 })
  })

  test('for results that are text of JSON, whatever is in it', () => {
    const texts = [
      '{"b":1,"a":{"2":1,"1":2},"__proto__":{"x":1},"10":0,"9":0}',
      '[-0,-0.0,1e400,-1e400,123456789012345678901234567890,1E5,1.0,0.1e-10]',
      '"\\ud800 \\udfff \\u0000 \\/ \\u00e9 \\ud83d\\ude00"',
      '{"a":1,"a":2}',
    ]
    for (const text of texts) {
      isFixedPoint(JSON.parse(text))
      const { bodyWithResult } = buildBodies({ ...SUCCESS, resultText: text })
      expect(JSON.stringify(JSON.parse(bodyWithResult))).toBe(bodyWithResult)
    }
  })

  test('and for results as deep as they may be', () => {
    isFixedPoint(nested(RESULT_DEPTH_MAX))
  })

  test('an error message with half a character in it stays a fixed point', () => {
    const error = { code: 'job.task_failed', message: 'half \ud83d of it' } as const
    const { body } = buildBodies({ ...SUCCESS, status: 'failed', error, resultText: null })
    expect(JSON.stringify(JSON.parse(body))).toBe(body)
    expect(Buffer.from(body, 'utf8').toString('utf8')).toBe(body)
  })
})

describe('a value that no receiver could be told is refused', () => {
  const cyclic: { self?: unknown } = {}
  cyclic.self = cyclic
  const throwing = {
    get value() {
      throw new Error('no')
    },
  }

  test.each([
    ['undefined', undefined, 'no_value'],
    ['a function', () => 1, 'no_value'],
    ['a symbol', Symbol('s'), 'no_value'],
    ['a BigInt', { count: 1n }, 'not_json'],
    ['a cycle', cyclic, 'not_json'],
    ['a throwing getter', throwing, 'not_json'],
    ['too many levels', nested(RESULT_DEPTH_MAX + 1), 'too_deep'],
    ['far too many levels', nested(200_000), 'too_deep'],
  ])('%s', (_name, value, problem) => {
    let thrown: unknown
    try {
      serialiseResult(value)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(ResultNotSendableError)
    expect(thrown).toHaveProperty('problem', problem)
  })

  test('brackets in strings are not levels', () => {
    const text = '[{"\\'.repeat(1_000)
    expect(JSON.parse(serialiseResult([text]))).toEqual([text])
  })

  test('a long string costs no stack', () => {
    const text = 'x\\'.repeat(1_000_000)
    expect(serialiseResult(text)).toBe(JSON.stringify(text))
  })
})
