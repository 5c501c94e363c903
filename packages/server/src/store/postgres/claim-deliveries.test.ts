import { Client } from 'pg'
import { expect, test } from 'vitest'
import { describePostgres } from '../../../test/harness/describe-postgres.ts'
import { endOf } from '../../../test/harness/test-store.ts'
import { useDatabase } from '../../../test/harness/use-database.ts'
import { systemClock } from '../../lib/clock.ts'
import { newId } from '../../lib/ids.ts'
import { heardWork } from '../conformance/heard-work.ts'
import { ENABLED, NOON } from '../conformance/world.ts'
import { openPostgresStore } from './postgres.ts'

describePostgres('a claim on PostgreSQL', (adminUrl) => {
  const url = useDatabase(adminUrl)

  test('passes by an address that somebody else is working with, and says that there may be more', async () => {
    const store = await openPostgresStore({ url: url(), clock: systemClock })
    const account = { id: newId(), name: 'busy', webhookId: newId(), createdAt: NOON }
    await store.ensureAccount(account)
    const processId = newId()
    await store.insertProcess({ id: processId, host: 'here', pid: 1, startedAt: NOON, expiresAt: NOON + 15_000 })
    const test = { accountId: account.id, webhookId: account.webhookId, jobType: 'test', jobStatus: 'success' } as const
    const inserted = heardWork(store, 'deliveries')
    await store.insertTestDelivery({ id: newId(), ...test, body: '{}', createdAt: NOON })
    await inserted

    const client = new Client({ connectionString: url() })
    await client.connect()
    await client.query('begin')
    await client.query('select id from addresses where id = $1 for update', [account.webhookId])
    const claim = { processId, limit: 10, now: NOON }
    const heard = heardWork(store, 'deliveries')
    expect(await store.claimDeliveries(claim)).toEqual([])
    await heard
    await client.query('commit')
    expect(await store.claimDeliveries(claim)).toHaveLength(1)
    await client.end()
    await store.close()
  })

  // A job's end that was written while the webhook was switched off: its statement still saw the webhook on.
  test('discards what has become due for a webhook that is off, and sends its tests', async () => {
    const store = await openPostgresStore({ url: url(), clock: systemClock })
    const account = { id: newId(), name: 'default', webhookId: newId(), createdAt: NOON }
    await store.ensureAccount(account)
    await store.updateWebhook(account.id, 'default', ENABLED, NOON)
    const processId = newId()
    await store.insertProcess({ id: processId, host: 'here', pid: 1, startedAt: NOON, expiresAt: NOON + 15_000 })
    const job = { id: newId(), accountId: account.id, leasedBy: processId, createdAt: NOON }
    await store.insertJob({ ...job, type: 'content_translate', input: '{}', jobWebhookUrl: null })
    const body = '{"id":1}'
    await store.finishJob(endOf({ id: job.id, leasedBy: processId, finishedAt: NOON, body, bodyWithResult: body }))
    const test = { accountId: account.id, webhookId: account.webhookId, jobType: 'test', jobStatus: 'success' } as const
    await store.insertTestDelivery({ id: newId(), ...test, body, createdAt: NOON })

    const client = new Client({ connectionString: url() })
    await client.connect()
    await client.query('update webhooks set enabled = false')
    await client.end()

    const claim = { processId, limit: 10, now: NOON + 7 }
    expect(await store.claimDeliveries(claim)).toMatchObject([{ trigger: 'test' }])
    expect(await store.claimDeliveries(claim)).toEqual([])
    const discarded = await store.listDeliveries({ accountId: account.id, status: 'discarded', limit: 10 })
    expect(discarded).toMatchObject([{ jobId: job.id, nextAttemptAt: null, finishedAt: NOON + 7 }])
    expect(await store.nextDeliveryDueAt(0)).toBeNull()
    await store.close()
  })
})
