import { Client } from 'pg'
import { expect, test } from 'vitest'
import { describePostgres } from '../../../test/harness/describe-postgres.ts'
import { createDatabase } from '../../../test/harness/postgres-database.ts'
import { until } from '../../../test/harness/until.ts'
import { systemClock } from '../../lib/clock.ts'
import { newId } from '../../lib/ids.ts'
import { connectionOptions } from './database.ts'
import { openPostgresStore } from './postgres.ts'

describePostgres('late deliveries', (adminUrl) => {
  test('are not written with the payload of a job that another process is just removing', async () => {
    const database = await createDatabase(adminUrl)
    const store = await openPostgresStore({ url: database.url, clock: systemClock, poolMax: 2 })
    const remover = new Client(connectionOptions(database.url))
    await remover.connect()
    const webhookId = newId()
    const account = await store.ensureAccount({ id: newId(), name: 'default', webhookId, createdAt: 1 })
    const changes = { enabled: true, url: 'https://receiver.example/', sealedSecret: 'sealed' }
    await store.updateWebhook(account.id, 'default', changes, 1)
    await remover.query(
      `insert into jobs (id, account_id, type, status, input, result, created_at, finished_at)
       values ('kept', $1, 'content_translate', 'success', '{}', '{}', 1, 2),
         ('removed', $1, 'content_translate', 'success', '{}', '{}', 1, 2)`,
      [account.id],
    )
    await remover.query('begin')
    await remover.query(`update jobs set input = '', result = null, payload_removed_at = 3 where id = 'removed'`)
    const late = ['kept', 'removed'].map((jobId) => ({ id: newId(), jobId, body: `{"id":"${jobId}"}` }))
    const written = store.insertLateDeliveries(webhookId, late, 4)
    await until('it waits for the other process', async () => {
      const { rows } = await remover.query(`select 1 from pg_locks where not granted`)
      return rows.length > 0 ? true : null
    })
    await remover.query('commit')
    expect(await written).toBe(1)
    const { rows } = await remover.query('select job_id from deliveries')
    expect(rows).toEqual([{ job_id: 'kept' }])
    await remover.end()
    await store.close()
    await database.drop()
  })
})
