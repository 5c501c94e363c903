import { Client } from 'pg'
import { expect, test } from 'vitest'
import { describePostgres } from '../../../test/harness/describe-postgres.ts'
import { useDatabase } from '../../../test/harness/use-database.ts'
import { readNumbers, rowsOf, toColumn, toJsonColumn, toJsonTextColumn, toKeyColumn } from './columns.ts'
import { connectionOptions } from './database.ts'

describePostgres('columns arrive as they were', (adminUrl) => {
  const url = useDatabase(adminUrl)

  async function query(sql: string, parameters: readonly string[]) {
    const client = new Client(connectionOptions(url()))
    await client.connect()
    const { rows } = await client.query<Record<string, unknown>>(sql, [...parameters])
    await client.end()
    return rows
  }

  const places = (values: readonly unknown[]) => toKeyColumn([...values.keys()], (place) => place)

  /** What arrives of a column beside one with the places of its values. */
  async function roundTrip(
    type: 'text' | 'boolean' | 'double precision' | 'json',
    values: readonly unknown[],
    column: string,
  ) {
    const rows = await query(rowsOf({ place: 'integer', value: type }), [places(values), column])
    expect(rows.map(({ place, ordinal }) => [place, ordinal])).toEqual(values.map((_, place) => [place, place + 1]))
    return rows.map(({ value }) => value)
  }

  const texts = ['', ' ', 'null', 'NULL', '{}', '{a,b}', 'a,b', '"', '\\', '\\"', '\\n', '\n', '\t', 'ü🎈', null]

  test('texts, with all that an array gives a meaning to', async () => {
    expect(
      await roundTrip(
        'text',
        texts,
        toColumn(texts, (text) => text),
      ),
    ).toEqual(texts)
  })

  test.each([...texts.map((text) => [text])])('a text in all rows, and in one: %j', async (text) => {
    for (const values of [[text, text, text], [text]]) {
      const column = toColumn(values, (value) => value)
      expect(await roundTrip('text', values, column)).toEqual(values)
    }
  })

  test('numbers and yes or no', async () => {
    const numbers = [0, -1, 1.5, 1e-7, 1e21, 2 ** 53, null]
    expect(
      await roundTrip(
        'double precision',
        numbers,
        toColumn(numbers, (number) => number),
      ),
    ).toEqual(numbers)
    for (const answers of [
      [true, false, null],
      [false, false, false],
    ]) {
      const column = toColumn(answers, (answer) => answer)
      expect(await roundTrip('boolean', answers, column)).toEqual(answers)
    }
  })

  test('a key that several rows have', async () => {
    const rows = await query(rowsOf({ key: 'text' }), [toKeyColumn([1, 2], () => 'same')])
    expect(rows.map(({ key }) => key)).toEqual(['same', 'same'])
  })

  test('no rows', async () => {
    expect(toKeyColumn([], () => null)).toBe('{}')
    expect(
      await roundTrip(
        'text',
        [],
        toColumn([], () => null),
      ),
    ).toEqual([])
    expect(
      await roundTrip(
        'json',
        [],
        toJsonColumn([], () => null),
      ),
    ).toEqual([])
  })

  const SPACED = '  { "a" :\r\n\t1 }  '

  test.each([
    { values: [[['x-header', 'a\nb"\\\u001e']], [], null, 'null', ''] },
    { values: [null] },
    { values: [null, null] },
    { values: [null, 1] },
    { values: [{ a: 1 }] },
  ])('JSON, with all characters that it escapes: $values', async ({ values }: { values: readonly unknown[] }) => {
    const column = toJsonColumn(values, (value) => value)
    const expected = values.map((value) => (value === null ? null : JSON.stringify(value)))
    expect(await roundTrip('json', values, column)).toEqual(expected)
  })

  test('JSON texts as they are, with their white space', async () => {
    const values = [SPACED, 'null', null, '""']
    const column = toJsonTextColumn(values, (value) => value)
    expect(await roundTrip('json', values, column)).toEqual(values)
  })

  test('a text that is not JSON never moves others to other rows', () => {
    expect(() => toJsonTextColumn(['1', 'a\u001eb', '2'], (text) => text)).toThrow('not JSON')
    expect(() => toJsonTextColumn(['\u001e'], (text) => text)).toThrow('not JSON')
  })

  test('numbers that are read', async () => {
    const rows = await query(`select array[3, 1]::bigint[]::text as some, array[]::bigint[]::text as none`, [])
    expect(readNumbers(String(rows[0]?.some))).toEqual([3, 1])
    expect(readNumbers(String(rows[0]?.none))).toEqual([])
  })
})
