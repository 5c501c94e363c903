import { Client } from 'pg'
import { expect, test } from 'vitest'
import { describePostgres } from '../../../test/harness/describe-postgres.ts'
import { useDatabase } from '../../../test/harness/use-database.ts'
import { jsonColumn, toColumn, toJsonColumn } from './columns.ts'
import { connectionOptions } from './database.ts'

describePostgres('columns arrive as they were', (adminUrl) => {
  const url = useDatabase(adminUrl)

  async function roundTrip(sql: string, parameter: string): Promise<unknown> {
    const client = new Client(connectionOptions(url()))
    await client.connect()
    const { rows } = await client.query<{ column: unknown }>(`select ${sql} as column`, [parameter])
    await client.end()
    return rows[0]?.column
  }

  test('texts, with all that an array gives a meaning to', async () => {
    const texts = ['', ' ', 'null', 'NULL', '{}', '{a,b}', 'a,b', '"', '\\', '\\"', '\\n', '\n', '\t', 'ü🎈', null]
    expect(
      await roundTrip(
        '$1::text[]',
        toColumn(texts, (text) => text),
      ),
    ).toEqual(texts)
  })

  test('numbers and yes or no', async () => {
    const numbers = [0, -1, 1.5, 1e-7, 1e21, 2 ** 53, null]
    expect(
      await roundTrip(
        '$1::double precision[]',
        toColumn(numbers, (number) => number),
      ),
    ).toEqual(numbers)
    const answers = [true, false, null]
    expect(
      await roundTrip(
        '$1::boolean[]',
        toColumn(answers, (answer) => answer),
      ),
    ).toEqual(answers)
  })

  test('no rows', async () => {
    expect(
      await roundTrip(
        '$1::bigint[]',
        toColumn([], () => null),
      ),
    ).toEqual([])
  })

  test('JSON, with line breaks in its texts', async () => {
    const values = [[['x-header', 'a\nb"\\']], [], null, 'null']
    const column = await roundTrip(
      jsonColumn('$1'),
      toJsonColumn(values, (value) => value),
    )
    expect(column).toEqual(values.map((value) => (value === null ? null : JSON.stringify(value))))
  })
})
