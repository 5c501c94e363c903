import { expect, test } from 'vitest'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

const TEXTS: Readonly<Record<string, string>> = {
  'letters of many scripts and emoji': JSON.stringify({ text: 'Grüße, Привет, 你好, مرحبا, 👩‍👩‍👧‍👦, e\u0301' }),
  'escaped halves of surrogate pairs': JSON.stringify({ text: 'a\uD800b\uDC00c' }),
  'escaped control characters': JSON.stringify({ text: '\0\x01\b\t\n\f\r\x1F\x7F' }),
  'line separators and a byte order mark': JSON.stringify({ text: '\u2028\u2029\uFEFF' }),
  'quotes, backslashes and braces': JSON.stringify({ text: `"\\ ' \\" {a,b} {"null",NULL} $1 ?1 :x \\x41 \\u0041` }),
  'keys in an order of their own, and twice': '{"b":1,"a":2,"10":3,"9":4,"b":5,"__proto__":6}',
  'numbers as they were written': '[1e400,-0,0.1000,12345678901234567890,1E+2]',
  'white space': '  { "a" :\r\n\t1 }  ',
  'JSON null': 'null',
  'an empty string': '""',
  '300 KiB': JSON.stringify({ text: 'ab"é😀'.repeat(34_000) }),
}

export function describeTexts(open: OpenStore): void {
  const world = useWorld(open)

  test.each(Object.entries(TEXTS))('inputs, results and bodies come back as they were: %s', async (_, text) => {
    const account = await world.account({ ...ENABLED, includeResult: true })
    const processId = await world.process()
    const id = await world.job(account.id, { input: text })
    expect(await world.store.claimJobs({ processId, limit: 1, now: NOON })).toMatchObject([{ id, input: text }])
    const end = { result: text, bodyWithResult: text, leaseDeliveriesMax: 0 }
    expect(await world.finish(id, processId, end)).toMatchObject({ finished: true })
    expect(await world.store.findJob(account.id, id)).toMatchObject({ input: text, result: text })
    const [delivery] = await world.store.claimDeliveries({ processId, limit: 1, now: NOON + 5 })
    expect(delivery?.body).toBe(text)
    expect((await world.store.findDelivery(account.id, delivery?.id ?? ''))?.body).toBe(text)
  })

  test('fifty large results that end at once all come back as they were', async () => {
    const account = await world.account({ ...ENABLED, includeResult: true })
    const processId = await world.process()
    const ids = await Promise.all(Array.from({ length: 50 }, () => world.job(account.id, { leasedBy: processId })))
    const bodyOf = (id: string) => JSON.stringify({ id, text: 'x'.repeat(250_000) })
    const ends = await Promise.all(
      ids.map((id) => world.finish(id, processId, { result: bodyOf(id), bodyWithResult: bodyOf(id) })),
    )
    for (const [index, { deliveries }] of ends.entries()) {
      const stored = await world.store.findDelivery(account.id, deliveries[0]?.id ?? '')
      expect(stored?.body).toBe(bodyOf(ids[index] ?? ''))
    }
  })

  test('the message of an error is kept, and what no text can hold is marked', async () => {
    const account = await world.account()
    const error = { code: 'model.rejected', message: 'no\0 "😀" \uD800' } as const
    const { id } = await world.endedJob(account.id, await world.process(), { status: 'failed', result: null, error })
    expect((await world.store.findJob(account.id, id))?.error).toEqual({ ...error, message: 'no\uFFFD "😀" \uFFFD' })
  })
}
