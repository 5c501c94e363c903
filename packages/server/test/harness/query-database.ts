import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import type { EngineDatabase } from './ringback.ts'

/** How long to wait for a server that writes to the same file; without it, who comes at that moment fails. */
export const BUSY_MS_MAX = 20_000

/** Asks the database itself, past the server: for facts that no API tells. Both engines understand the SQL. */
export async function queryDatabase(
  { engine, env }: Omit<EngineDatabase, 'drop'>,
  sql: string,
): Promise<readonly Record<string, unknown>[]> {
  const url = env.RINGBACK_DATABASE_URL ?? ''
  if (engine === 'sqlite') {
    const database = new DatabaseSync(url.slice('file:'.length), { timeout: BUSY_MS_MAX })
    try {
      return database.prepare(sql).all()
    } finally {
      database.close()
    }
  }
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
