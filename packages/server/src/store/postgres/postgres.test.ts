import { Client } from 'pg'
import { expect } from 'vitest'
import { describePostgres } from '../../../test/harness/describe-postgres.ts'
import { createDatabase } from '../../../test/harness/postgres-database.ts'
import { systemClock } from '../../lib/clock.ts'
import { describeStore } from '../conformance.ts'
import { openPostgresStore } from './postgres.ts'

/** Deadlocks since the database was made. Connections report theirs when they close. */
async function countDeadlocks(url: string): Promise<number> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ deadlocks: string }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  )
  await client.end()
  return Number(rows[0]?.deadlocks)
}

describePostgres('conformance', (adminUrl) => {
  describeStore('postgres', async () => {
    const database = await createDatabase(adminUrl)
    const store = await openPostgresStore({ url: database.url, clock: systemClock })
    return {
      store,
      async close() {
        await store.close()
        // A deadlock would be healed by trying again, a second later; there must be none.
        expect(await countDeadlocks(database.url)).toBe(0)
        await database.drop()
      },
    }
  })
})
