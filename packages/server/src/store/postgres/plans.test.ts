import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describePostgres } from '../../../test/harness/describe-postgres.ts'
import { useDatabase } from '../../../test/harness/use-database.ts'
import { buildDeliveryList } from '../delivery-list.ts'
import { CLAIM_DELIVERIES } from './claim-deliveries.ts'
import { CLAIM_JOBS } from './claim-jobs.ts'
import { postgresQueries } from './compiler.ts'
import { connectionOptions } from './database.ts'
import { FINISH_JOBS } from './finish-job.ts'
import { migrate } from './migrate.ts'
import { RECORD_ATTEMPTS } from './record-attempt.ts'

/** Rows of each table: enough that reading one whole would be the wrong plan by far. */
const ROWS = 100_000

/** Every hundredth job and delivery waits; the others have ended. They belong to a hundred accounts. */
const FILL = `
  insert into accounts (id, name, created_at) select 'account ' || n, 'account ' || n, 0 from generate_series(0, 99) n;
  insert into webhooks (id, account_id, name, enabled, created_at, updated_at)
    select 'webhook ' || n, 'account ' || n, 'default', true, 0, 0 from generate_series(0, 99) n;
  insert into processes (id, host, pid, started_at, expires_at) values ('process', '', 1, 0, 0);
  insert into jobs (id, account_id, type, status, input, due_at, created_at)
    select 'job ' || n, 'account ' || n / 10 % 100, 'content_translate', case when n % 100 = 0 then 'new' else 'success' end, '{}',
      case when n % 100 = 0 then n end, n
    from generate_series(1, ${ROWS}) n;
  insert into deliveries (id, account_id, webhook_id, job_id, job_type, job_status, trigger, status, next_attempt_at,
      created_at, body)
    select 'delivery ' || n, 'account ' || n / 10 % 100, 'webhook ' || n / 10 % 100, 'job ' || n, 'content_translate', 'success', 'job',
      case when n % 100 = 0 then 'waiting' else 'delivered' end, case when n % 100 = 0 then n end, n, '{}'
    from generate_series(1, ${ROWS}) n;
`

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly Plans?: readonly PlanNode[]
}

describePostgres('plans on filled tables', (adminUrl) => {
  const url = useDatabase(adminUrl)
  let client: Client
  beforeAll(async () => {
    client = new Client(connectionOptions(url()))
    await client.connect()
    await migrate(client, 0)
    await client.query(FILL)
  })
  afterAll(() => client.end())

  /** How a statement reads and finds rows: `jobs by jobs_due`, or `jobs whole`. */
  async function accessesOf(text: string, parameters: readonly unknown[]): Promise<string[]> {
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>({
      text: `explain (format json) ${text}`,
      values: [...parameters],
    })
    const accesses = new Set<string>()
    const visit = (node: PlanNode) => {
      if (node['Node Type'] === 'Seq Scan') accesses.add(`${node['Relation Name']} whole`)
      if (node['Index Name']) accesses.add(`by ${node['Index Name']}`)
      for (const child of node.Plans ?? []) visit(child)
    }
    for (const { Plan } of rows[0]?.['QUERY PLAN'] ?? []) visit(Plan)
    // A hundred accounts and webhooks and one process may well be read whole.
    const small = ['accounts whole', 'webhooks whole', 'processes whole']
    return [...accesses]
      .filter((access) => !small.includes(access) && !/by (accounts|webhooks|processes)_/.test(access))
      .sort()
  }

  // The database was never analysed and then was: a new installation, and one that has been running.
  test.each(['before', 'after'])('hot statements find their rows by index, %s the first analyze', async (when) => {
    if (when === 'after') await client.query('vacuum analyze')
    const claim = ['process', ROWS, 200]
    expect(await accessesOf(CLAIM_JOBS.text, claim)).toEqual(['by jobs_due', 'by jobs_pkey'])
    expect(await accessesOf(CLAIM_DELIVERIES.text, claim)).toEqual(['by deliveries_due', 'by deliveries_pkey'])
    const ended = JSON.stringify(
      Array.from({ length: 200 }, (_, n) => ({ ordinal: n, id: `job ${n}`, leased_by: 'process' })),
    )
    expect(await accessesOf(FINISH_JOBS.text, [ended, []])).toEqual(['by jobs_pkey'])
    const recorded = JSON.stringify(
      Array.from({ length: 200 }, (_, n) => ({ ordinal: n, delivery_id: `delivery ${n}` })),
    )
    expect(await accessesOf(RECORD_ATTEMPTS.text, [recorded])).toEqual(['by deliveries_pkey'])
  })

  test('the delivery list walks the index of its account, whatever it filters by', async () => {
    const accesses = async (filter: object) => {
      const all = { accountId: 'account 1', limit: 100, ...filter }
      const { sql, parameters } = buildDeliveryList(postgresQueries, all).compile()
      return accessesOf(sql, parameters)
    }
    expect(await accesses({})).toEqual(['by deliveries_by_account'])
    expect(await accesses({ beforeId: 'delivery 5' })).toEqual(['by deliveries_by_account'])
    expect(await accesses({ status: 'delivered', jobType: 'content_translate' })).toEqual(['by deliveries_by_account'])
    expect(await accesses({ jobId: 'job 5' })).toEqual(['by deliveries_by_job'])
  })
})
