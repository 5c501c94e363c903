import { setImmediate as endOfTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { StoreUnavailableError } from '../errors.ts'
import { createCalls } from './calls.ts'
import { FlatReader, readCall, writeOutcome } from './wire.ts'

/** Calls on their way to nobody: what left, and answers as the thread would give them. */
function setUp() {
  const posted: string[][] = []
  const calls = createCalls((values) => {
    const names: string[] = []
    for (const from = new FlatReader(values); !from.atEnd; ) {
      const { name, parameters } = readCall(from)
      names.push(`${name}(${parameters.join(', ')})`)
    }
    posted.push(names)
  })
  const find = (id: string) => calls.call('findWorkflow', ['account', id])
  const answer = (...values: unknown[]) => {
    const outcomes: unknown[] = []
    for (const value of values) writeOutcome(outcomes, 'findWorkflow', { ok: true, value })
    calls.answer(outcomes)
  }
  return { posted, calls, find, answer }
}

const named = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `findWorkflow(account, ${from + index})`)

test('calls of one turn leave together at its end, those that come meanwhile after the answer', async () => {
  const { posted, find, answer } = setUp()
  const first = [find('0'), find('1')]
  expect(posted).toEqual([])
  await endOfTurn()
  expect(posted).toEqual([named(0, 2)])

  const later = [find('2')]
  await endOfTurn()
  expect(posted).toHaveLength(1)
  answer('zero', 'one')
  later.push(find('3'))
  expect(await Promise.all(first)).toEqual(['zero', 'one'])
  await endOfTurn()
  expect(posted[1]).toEqual(named(2, 4))
  answer('two', 'three')
  expect(await Promise.all(later)).toEqual(['two', 'three'])
})

test('a batch has 500 calls at most; what is over follows in order', async () => {
  const { posted, find, answer } = setUp()
  const results = Array.from({ length: 1_002 }, (_, index) => find(String(index)))
  await endOfTurn()
  expect(posted).toEqual([named(0, 500), named(500, 1_000)])
  answer(...named(0, 500))
  answer(...named(500, 1_000))
  await endOfTurn()
  expect(posted[2]).toEqual(named(1_000, 1_002))
  answer(...named(1_000, 1_002))
  expect(await Promise.all(results)).toEqual(named(0, 1_002))
})

test('a second batch leaves while the first is under way when it has 64 calls, a third does not', async () => {
  const { posted, find, answer } = setUp()
  const results = [find('0')]
  await endOfTurn()
  for (let index = 1; index < 64; index++) results.push(find(String(index)))
  await endOfTurn()
  expect(posted).toEqual([named(0, 1)])
  results.push(find('64'))
  await endOfTurn()
  expect(posted[1]).toEqual(named(1, 65))

  for (let index = 65; index < 265; index++) results.push(find(String(index)))
  await endOfTurn()
  expect(posted).toHaveLength(2)
  answer(...named(0, 1))
  await endOfTurn()
  expect(posted[2]).toEqual(named(65, 265))
  answer(...named(1, 65))
  answer(...named(65, 265))
  expect(await Promise.all(results)).toEqual(named(0, 265))
})

test('a call that fails takes no other with it, and says which operation it was', async () => {
  const { calls, find } = setUp()
  const results = Promise.allSettled([find('0'), find('1'), find('2')])
  await endOfTurn()
  const outcomes: unknown[] = []
  writeOutcome(outcomes, 'findWorkflow', { ok: false, unavailable: true, message: 'disk full' })
  writeOutcome(outcomes, 'findWorkflow', { ok: false, unavailable: false, message: 'no such column' })
  writeOutcome(outcomes, 'findWorkflow', { ok: true, value: 'two' })
  calls.answer(outcomes)
  expect(await results).toMatchObject([
    { reason: expect.any(StoreUnavailableError) },
    { reason: { message: 'findWorkflow: no such column' } },
    { value: 'two' },
  ])
})

test('a call that cannot be written rejects alone and leaves nothing behind', async () => {
  const { posted, calls, find } = setUp()
  const circular: unknown[] = []
  circular.push(circular)
  const attempt = { timing: {}, requestHeaders: circular }
  const bad = calls.call('recordAttempt', [{ deliveryId: 'a', leasedBy: 'b', attempt, next: {} }])
  void find('0')
  await expect(bad).rejects.toThrow(/circular/)
  await endOfTurn()
  expect(posted).toEqual([named(0, 1)])
})

test('a batch that cannot be posted rejects, and the next one leaves', async () => {
  let refusals = 1
  const posted: number[] = []
  const calls = createCalls((values) => {
    if (refusals-- > 0) throw new Error('could not be cloned')
    posted.push(values.length)
  })
  // Two full ones: the first leaves at once.
  const results = Array.from({ length: 1_000 }, () => calls.call('nextJobDueAt', []))
  const ends = Promise.allSettled(results.slice(0, 500))
  for (const result of results.slice(500)) void result
  expect((await ends).every((end) => end.status === 'rejected')).toBe(true)
  await endOfTurn()
  expect(posted).toHaveLength(1)
})

test('when the thread ends, everything under way and waiting rejects, and all that comes', async () => {
  const { calls, find } = setUp()
  const results = Array.from({ length: 501 }, (_, index) => find(String(index)))
  const idle = calls.idle()
  calls.end(new Error('the thread ended'))
  const ends = await Promise.allSettled([...results, find('later')])
  expect(ends.filter((end) => end.status === 'rejected' && end.reason.message === 'the thread ended')).toHaveLength(502)
  await idle
})

test('it is idle when nothing waits for an answer', async () => {
  const { calls, find, answer } = setUp()
  await calls.idle()
  const result = find('0')
  let isIdle = false
  const idle = calls.idle().then(() => {
    isIdle = true
  })
  await endOfTurn()
  expect(isIdle).toBe(false)
  answer('zero')
  await Promise.all([result, idle])
})
