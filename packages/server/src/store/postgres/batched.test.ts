import { describe, expect, test } from 'vitest'
import { StoreUnavailableError } from '../errors.ts'
import { batched } from './batched.ts'

/** A database that notes which items came in one transaction and refuses some. */
function recorder(refuse: (items: readonly string[]) => Error | null = () => null) {
  const transactions: (readonly string[])[] = []
  const { add } = batched<string, string>({
    sizeOf: (item) => item.length,
    async run(items) {
      transactions.push(items)
      const error = refuse(items)
      if (error) throw error
      return items.map((item) => `${item} done`)
    },
  })
  const addAll = (items: readonly string[]) => Promise.allSettled(items.map(add))
  return { transactions, addAll }
}

describe('batches', () => {
  test('calls of one moment share a transaction and get their own results', async () => {
    const { transactions, addAll } = recorder()
    const results = await addAll(['a', 'b', 'c'])
    expect(results).toEqual(['a', 'b', 'c'].map((item) => ({ status: 'fulfilled', value: `${item} done` })))
    expect(transactions).toEqual([['a', 'b', 'c']])
  })

  test('a bad item fails alone', async () => {
    const bad = new Error('bad')
    const { addAll } = recorder((items) => (items.includes('b') ? bad : null))
    expect(await addAll(['a', 'b', 'c'])).toEqual([
      { status: 'fulfilled', value: 'a done' },
      { status: 'rejected', reason: bad },
      { status: 'fulfilled', value: 'c done' },
    ])
  })

  test('when the database is away all fail at once and none is tried alone', async () => {
    const away = new StoreUnavailableError('away', { cause: new Error('ECONNRESET') })
    const { transactions, addAll } = recorder(() => away)
    expect((await addAll(['a', 'b', 'c'])).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(transactions).toHaveLength(1)
  })

  test('items that met a deadlock together are tried again, each alone', async () => {
    const deadlock = new StoreUnavailableError('deadlock', { cause: { code: '40P01' } })
    const { transactions, addAll } = recorder((items) => (items.length > 1 ? deadlock : null))
    expect((await addAll(['a', 'b'])).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    expect(transactions).toEqual([['a', 'b'], ['a'], ['b']])
  })

  test('large items are spread over transactions, in order', async () => {
    const { transactions, addAll } = recorder()
    const large = 'x'.repeat(3 * 1024 * 1024)
    const results = await addAll(['a', large, 'b', large])
    expect(results.every(({ status }) => status === 'fulfilled')).toBe(true)
    expect(transactions.map((items) => items.length)).toEqual([3, 1])
  })
})
