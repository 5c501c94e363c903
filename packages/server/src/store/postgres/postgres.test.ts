import { describePostgres } from '../../../test/harness/describe-postgres.ts'
import { createDatabase } from '../../../test/harness/postgres-database.ts'
import { systemClock } from '../../lib/clock.ts'
import { describeStore } from '../conformance.ts'
import { openPostgresStore } from './postgres.ts'

describePostgres('conformance', (adminUrl) => {
  describeStore('postgres', async () => {
    const database = await createDatabase(adminUrl)
    const store = await openPostgresStore({ url: database.url, clock: systemClock })
    return {
      store,
      async close() {
        await store.close()
        await database.drop()
      },
    }
  })
})
