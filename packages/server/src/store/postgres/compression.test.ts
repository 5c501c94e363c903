import { Client } from 'pg'
import { expect, test } from 'vitest'
import { describePostgres } from '../../../test/harness/describe-postgres.ts'
import { useDatabase } from '../../../test/harness/use-database.ts'
import { findCompression } from './compression.ts'
import { connectionOptions, openDatabase } from './database.ts'

describePostgres('long values', (adminUrl) => {
  const url = useDatabase(adminUrl)

  async function asked<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    const client = new Client(connectionOptions(url()))
    await client.connect()
    return await work(client).finally(() => client.end())
  }

  test('are compressed by LZ4 where the server has it, on each connection of ours', async () => {
    const { rows } = await asked((client) =>
      client.query<{ ways: string }>(
        `select enumvals::text as ways from pg_settings where name = 'default_toast_compression'`,
      ),
    )
    const expected = rows[0]?.ways.includes('lz4') ? 'lz4' : null
    expect(await asked(findCompression)).toBe(expected)

    const database = openDatabase({ url: url(), poolMax: 2, compression: 'lz4', onConnectionLost: () => {} })
    for (const keepsPlan of [true, false]) {
      const text = `select current_setting('default_toast_compression') as way`
      const way = await database.run<{ way: string }>({ name: `way ${keepsPlan}`, text, keepsPlan }).then(
        ([row]) => row?.way,
        (error: Error) => error.message,
      )
      // A server without it refuses the connection, and so tells that each of ours asks for it.
      expect(way).toMatch(expected ? /^lz4$/ : /"default_toast_compression": "lz4"/)
    }
    await database.close()
  })

  test('are compressed as somebody has set it for the database', async () => {
    const name = new URL(url()).pathname.slice(1)
    await asked((client) => client.query(`alter database "${name}" set default_toast_compression = 'pglz'`))
    expect(await asked(findCompression)).toBeNull()
  })
})
