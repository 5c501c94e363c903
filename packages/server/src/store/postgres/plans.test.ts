import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describePostgres } from '../../../test/harness/describe-postgres.ts'
import { useDatabase } from '../../../test/harness/use-database.ts'
import { buildDeliveryList } from '../delivery-list.ts'
import { buildJobList } from '../job-list.ts'
import { buildAttemptSums, buildDeliverySums, buildJobSums, buildModelSums } from '../overview.ts'
import { TAKE_UNSTARTED } from './cancel-job.ts'
import { CLAIM_ADDRESSES, END_CLAIM, LEASE_DELIVERIES } from './claim-deliveries.ts'
import { COUNT_RUNNING, FIND_WAITING, LEASE_JOBS } from './claim-jobs.ts'
import { toColumn, toKeyColumn } from './columns.ts'
import { postgresQueries } from './compiler.ts'
import { connectionOptions } from './database.ts'
import { FIND_LEASED, RENEW_PROCESS } from './delivery-leases.ts'
import { DISCARD_WAITING } from './discard.ts'
import { LOCK_DUE_PAYLOADS, LOCK_ENDS_OF_DELIVERIES, MOVE_LOOKS } from './due-payloads.ts'
import { FINISH_JOBS } from './finish-job.ts'
import { INSERT_JOBS } from './insert-job.ts'
import { FIND_ENDED_JOBS, FIRST_JOB_DUE, NEXT_JOB_DUE } from './jobs.ts'
import { migrate } from './migrate.ts'
import { LIST_MISSED } from './missed.ts'
import { LIST_FAILED_DELIVERIES, LIST_LONG_FAILING } from './notices.ts'
import { RECORD_ATTEMPTS, RECORD_SUCCESSES } from './record-attempt.ts'
import { FIND_RECOVERABLE, RECOVER } from './recovery.ts'
import {
  COUNT_DELIVERIES,
  FIND_OLD_DELIVERIES,
  FIND_OLD_JOBS,
  LOCK_DELIVERIES_OF_JOBS,
  LOCK_JOBS,
} from './retention.ts'
import { COUNT_HELD, LEASE_WORKER_JOBS } from './worker-jobs.ts'

/** Rows of each table: enough that reading one whole would be the wrong plan by far. */
const ROWS = 100_000

/**
 * Every hundredth job and delivery waits; the others have ended. They belong to a hundred accounts. Another hundred
 * thousand deliveries wait, longer than all others, for one address that is paused.
 */
const FILL = `
  insert into accounts (id, name, created_at) select 'account ' || n, 'account ' || n, 0 from generate_series(0, 99) n;
  insert into webhooks (id, account_id, name, enabled, created_at, updated_at)
    select 'webhook ' || n, 'account ' || n, 'default', true, 0, 0 from generate_series(0, 99) n;
  insert into addresses (id, account_id, webhook_id, ready_at, created_at)
    select 'webhook ' || n, 'account ' || n, 'webhook ' || n, 100, 0 from generate_series(0, 99) n;
  insert into addresses (id, account_id, origin, paused_until, ready_at, created_at)
    values ('paused', 'account 1', 'https://job.example', 1000000, 1000000, 0);
  insert into processes (id, host, pid, started_at, expires_at) values ('process', '', 1, 0, 0);
  insert into delivery_leases (process_id, delivery_ids)
    select 'process', array_agg('delivery ' || n) from generate_series(1, 2000) n group by n / 200;
  insert into delivery_leases (process_id, delivery_ids)
    select 'process ' || n % 100, array['delivery ' || n] from generate_series(1, ${ROWS}) n;
  insert into jobs (id, account_id, type, status, input, due_at, created_at, finished_at)
    select 'job ' || n, 'account ' || n / 10 % 100, 'content_translate', case when n % 100 = 0 then 'new' else 'success' end, '{}',
      case when n % 100 = 0 then n end, n, case when n % 100 > 0 then n end
    from generate_series(1, ${ROWS}) n;
  insert into deliveries (id, account_id, webhook_id, address_id, job_id, job_type, job_status, trigger, status,
      next_attempt_at, created_at, body)
    select 'delivery ' || n, 'account ' || n / 10 % 100, 'webhook ' || n / 10 % 100, 'webhook ' || n / 10 % 100, 'job ' || n, 'content_translate', 'success', 'job',
      case when n % 100 = 0 then 'waiting' else 'delivered' end, case when n % 100 = 0 then n end, n, '{}'
    from generate_series(1, ${ROWS}) n;
  insert into deliveries (id, account_id, address_id, job_type, job_status, trigger, status, url, next_attempt_at,
      created_at, body)
    select 'paused ' || n, 'account 1', 'paused', 'content_translate', 'success', 'job', 'waiting',
      'https://job.example/', -n, 0, '{}'
    from generate_series(1, ${ROWS}) n;
`

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Rows'?: number
  readonly 'Actual Loops'?: number
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

  async function nodesOf(explain: string, text: string, parameters: readonly unknown[]): Promise<PlanNode[]> {
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>({
      text: `explain (${explain}, format json) ${text}`,
      values: [...parameters],
    })
    const nodes: PlanNode[] = []
    const visit = (node: PlanNode) => {
      nodes.push(node)
      for (const child of node.Plans ?? []) visit(child)
    }
    for (const { Plan } of rows[0]?.['QUERY PLAN'] ?? []) visit(Plan)
    return nodes
  }

  /** How a statement reads and finds rows: `jobs by jobs_due`, or `jobs whole`. */
  async function accessesOf(text: string, parameters: readonly unknown[]): Promise<string[]> {
    const accesses = new Set<string>()
    for (const node of await nodesOf('costs off', text, parameters)) {
      if (node['Node Type'] === 'Seq Scan') accesses.add(`${node['Relation Name']} whole`)
      if (node['Index Name']) accesses.add(`by ${node['Index Name']}`)
    }
    // A hundred accounts, webhooks and addresses, one process and a few listeners may well be read whole.
    return [...accesses]
      .filter((access) => !/^(by )?(accounts|webhooks|listeners|addresses|processes|lanes)(_| whole)/.test(access))
      .sort()
  }

  /** Rows of a table, and of its indexes, that a statement reads when it runs. */
  async function rowsRead(table: string, text: string, parameters: readonly unknown[]): Promise<number> {
    await client.query('begin')
    const nodes = await nodesOf('analyze', text, parameters)
    await client.query('rollback')
    return nodes
      .filter((node) => node['Relation Name'] === table || node['Index Name']?.startsWith(`${table}_`))
      .reduce((sum, node) => sum + (node['Actual Rows'] ?? 0) * (node['Actual Loops'] ?? 0), 0)
  }

  const claimAddresses = ['process', ROWS, [], 16, '{}', 200]
  const shares = JSON.stringify(
    Array.from({ length: 64 }, (_, n) => ({ address_id: `webhook ${n}`, share: 3, look: 3, urgent_only: false })),
  )

  // The database was never analysed and then was: a new installation, and one that has been running.
  test.each(['before', 'after'])('hot statements find their rows by index, %s the first analyze', async (when) => {
    if (when === 'after') await client.query('vacuum analyze')
    const lanes = JSON.stringify([{ id: 'offline', turn: 'account 5' }])
    expect(await accessesOf(FIND_WAITING.text, [lanes, ROWS, 64])).toEqual(['by jobs_waiting'])
    expect(await accessesOf(COUNT_RUNNING, [])).toEqual(['by jobs_leased'])
    const jobShares = JSON.stringify([{ lane: 'offline', account_id: 'account 5', share: 3, probe: false }])
    const leaseJobs = ['process', ROWS, jobShares, '[]']
    expect(await accessesOf(LEASE_JOBS.text, leaseJobs)).toEqual(['by jobs_pkey', 'by jobs_waiting'])
    expect(await accessesOf(NEXT_JOB_DUE.text, [ROWS])).toEqual(['by jobs_due', 'by jobs_waiting'])
    expect(await accessesOf(FIRST_JOB_DUE.text, [])).toEqual(['by jobs_due'])
    expect(await accessesOf(TAKE_UNSTARTED.text, ['process', 5, 100])).toEqual(['by jobs_due', 'by jobs_pkey'])
    const inserted = JSON.stringify([{ ordinal: 0, id: 'new', account_id: 'account 1', lane: 'offline' }])
    expect(await accessesOf(INSERT_JOBS.text, [inserted])).toEqual(['by jobs_leased', 'by jobs_waiting'])
    expect(await accessesOf(CLAIM_ADDRESSES.text, claimAddresses)).toEqual(['by deliveries_due'])
    const lease = ['process', ROWS, shares]
    expect(await accessesOf(LEASE_DELIVERIES.text, lease)).toEqual(['by deliveries_due', 'by deliveries_pkey'])
    const discarded = ['by deliveries_due', 'by deliveries_pkey']
    expect(await accessesOf(DISCARD_WAITING.text, ['webhook 5', 1, 0])).toEqual(discarded)
    expect(await accessesOf(END_CLAIM.text, [ROWS, '[]'])).toEqual(['by deliveries_due'])
    const byLease = ['by deliveries_pkey', 'by delivery_leases_by_process']
    expect(await accessesOf(FIND_LEASED.text, ['process'])).toEqual(byLease)
    expect(await accessesOf(RENEW_PROCESS.text, ['process', 1])).toEqual(byLease)
    expect(await accessesOf(RECOVER.text, [['delivery 1'], 0])).toEqual(['by deliveries_pkey'])
    const places = Array.from({ length: 200 }, (_, n) => n)
    const ended = [toKeyColumn(places, (n) => `job ${n}`), toColumn(places, () => 'process')]
    expect(await accessesOf(FINISH_JOBS.text, [...ended, ...Array(11).fill('{}'), '[]', '{}', '{}'])).toEqual([
      'by jobs_pkey',
    ])
    const recorded = toKeyColumn(places, (n) => `delivery ${n}`)
    const attempts = [recorded, ...Array(24).fill('{}')]
    expect(await accessesOf(RECORD_SUCCESSES.text, [...attempts, '{}', '{}'])).toEqual(['by deliveries_pkey'])
    expect(await accessesOf(RECORD_ATTEMPTS.text, attempts)).toEqual(['by deliveries_pkey'])
  })

  // Plans that are kept know no parameters: neither how many there are, nor which.
  test.each([FINISH_JOBS, RECORD_SUCCESSES])('a plan that is kept finds rows by index: $name', async ({ text }) => {
    await client.query('set plan_cache_mode = force_generic_plan')
    await client.query(`prepare kept as ${text}`)
    const parameters = await client.query<{ count: number }>(
      `select cardinality(parameter_types) as count from pg_prepared_statements where name = 'kept'`,
    )
    const nulls = Array(parameters.rows[0]?.count).fill('null')
    const accesses = await accessesOf(`execute kept (${nulls})`, [])
    expect(accesses).toEqual([text === FINISH_JOBS.text ? 'by jobs_pkey' : 'by deliveries_pkey'])
    await client.query('deallocate kept')
    await client.query('reset plan_cache_mode')
  })

  test('workers lease from the index of their account and type, however many jobs wait there', async () => {
    await client.query(`insert into jobs (id, account_id, type, status, input, lane, due_at, created_at)
      select 'worker job ' || n, 'account 1', 'custom_ocr', 'new', '{}', 'workers', n, n from generate_series(1, ${ROWS}) n`)
    await client.query('analyze jobs')
    const lease = ['account 1', ['custom_ocr', 'custom_none'], ROWS, 10, 'lease', '', 1]
    expect(await accessesOf(LEASE_WORKER_JOBS.text, lease)).toEqual(['by jobs_for_workers', 'by jobs_pkey'])
    await client.query('begin')
    const nodes = await nodesOf('analyze', LEASE_WORKER_JOBS.text, lease)
    await client.query('rollback')
    const read = nodes.filter((node) => node['Index Name'] === 'jobs_for_workers').map((node) => node['Actual Rows'])
    expect(Math.max(...read.map(Number))).toBeLessThanOrEqual(10)
    // Workers of another account have far more, each in a lease of its own.
    await client.query(`update jobs set leased_by = 'lease ' || id, account_id = case when due_at <= 900 then 'account 1'
      else 'account 2' end, due_at = null where lane = 'workers' and due_at <= 20000`)
    await client.query('analyze jobs')
    expect(await accessesOf(COUNT_HELD.text, ['account 1', 1_000])).toEqual(['by jobs_held_by_workers'])
    await client.query(`delete from jobs where lane = 'workers'`)
  })

  test('ready addresses come from their index, however many are paused', async () => {
    await client.query(`insert into addresses (id, account_id, ready_at, created_at)
      select 'later ' || n, 'account 2', 1000000, 0 from generate_series(1, ${ROWS}) n`)
    await client.query('analyze addresses')
    const nodes = await nodesOf('costs off', CLAIM_ADDRESSES.text, claimAddresses)
    expect(nodes.map((node) => node['Index Name'])).toContain('addresses_ready')
    expect(nodes.filter((node) => node['Relation Name'] === 'addresses' && node['Node Type'] === 'Seq Scan')).toEqual(
      [],
    )
  })

  test('a claim reads what it may lease, and none of the hundred thousand that wait for a paused address', async () => {
    // At most 16 for each of 64 addresses; of these, 10 wait for each.
    expect(await rowsRead('deliveries', CLAIM_ADDRESSES.text, claimAddresses)).toBeLessThanOrEqual(64 * 16)
    // Three of each are found, joined, updated.
    expect(await rowsRead('deliveries', LEASE_DELIVERIES.text, ['process', ROWS, shares])).toBeLessThanOrEqual(
      64 * 3 * 5,
    )
  })

  test('a claim of jobs reads one row for each account that waits and what it may lease, not the backlog', async () => {
    await client.query(`insert into lanes (id, paused_until, created_at) values ('paused', 1000000, 0)`)
    await client.query(`insert into jobs (id, account_id, type, status, input, due_at, created_at, lane)
      select 'backlog ' || n, 'account 1', 'content_translate', 'new', '{}', n, n, case when n % 2 = 0 then 'paused' else 'offline' end
      from generate_series(1, ${ROWS}) n`)
    await client.query('analyze jobs')
    const lanes = JSON.stringify([{ id: 'offline', turn: 'account 5' }])
    // For each of 100 accounts: two looks for the next one, and up to 64 that are due; of these, 10 wait for each.
    const read = await rowsRead('jobs', FIND_WAITING.text, [lanes, ROWS, 64])
    expect(read).toBeLessThanOrEqual(100 * (2 + 10) + 64)
    const jobShares = JSON.stringify([{ lane: 'offline', account_id: 'account 1', share: 3, probe: false }])
    expect(await rowsRead('jobs', LEASE_JOBS.text, ['process', ROWS, jobShares, '[]'])).toBeLessThanOrEqual(3 * 5)
  })

  test('recovery reads what ended badly, by time', async () => {
    await client.query(`update deliveries set status = 'failed' where id like 'delivery %5'`)
    await client.query('analyze deliveries')
    const range = ['account 1', 1_000, 20_000, null, null, 100, 1_000, '']
    const nodes = await nodesOf('costs off', FIND_RECOVERABLE.text, range)
    expect(nodes.map((node) => node['Index Name'])).toContain('deliveries_ended_badly')
  })

  test('what a webhook has missed is found by the jobs of its account, and their deliveries', async () => {
    const missed = ['account 1', 1_000, 20_000, 'webhook 1', false, 1_000, '', 2_000]
    expect(await accessesOf(LIST_MISSED.text, missed)).toEqual(['by deliveries_by_job', 'by jobs_by_account'])
  })

  test('the delivery list walks the index of its account; what went wrong comes from its own', async () => {
    const accesses = async (filter: object) => {
      const all = { accountId: 'account 2', limit: 100, ...filter }
      const { sql, parameters } = buildDeliveryList(postgresQueries, all).compile()
      return accessesOf(sql, parameters)
    }
    expect(await accesses({})).toEqual(['by deliveries_by_account'])
    expect(await accesses({ beforeId: 'delivery 5' })).toEqual(['by deliveries_by_account', 'by deliveries_pkey'])
    const oldest = { afterId: 'delivery 5', oldestFirst: true }
    expect(await accesses(oldest)).toEqual(['by deliveries_by_account', 'by deliveries_pkey'])
    expect(await accesses({ status: 'delivered', jobType: 'content_translate' })).toEqual(['by deliveries_by_account'])
    expect(await accesses({ jobId: 'job 5' })).toEqual(['by deliveries_by_job'])
    expect(await accesses({ since: 5, until: 50 })).toEqual(['by deliveries_by_account'])
    expect(await accesses({ status: 'waiting' })).toEqual(['by deliveries_waiting'])
    expect(await accesses({ cause: 'tls' })).toEqual(['by deliveries_by_cause'])
    expect(await accesses({ status: 'discarded' })).toEqual(['by deliveries_by_bad_end'])
  })

  test('the job list walks the index of its account, whatever it filters by', async () => {
    const accesses = async (filter: object) => {
      const { sql, parameters } = buildJobList(postgresQueries, {
        accountId: 'account 2',
        limit: 100,
        ...filter,
      }).compile()
      return accessesOf(sql, parameters)
    }
    expect(await accesses({})).toEqual(['by jobs_by_account'])
    expect(await accesses({ beforeId: 'job 5' })).toEqual(['by jobs_by_account', 'by jobs_pkey'])
    expect(await accesses({ afterId: 'job 5', oldestFirst: true })).toEqual(['by jobs_by_account', 'by jobs_pkey'])
    const filter = { status: 'success', type: 'content_translate', since: 1, until: ROWS }
    expect(await accesses(filter)).toEqual(['by jobs_by_account'])
    expect(await accesses({ status: 'failed' })).toEqual(['by jobs_by_bad_end'])
    expect(await accesses({ status: 'new' })).toEqual(['by jobs_unfinished'])
    expect(await accesses({ status: 'pending', type: 'content_translate' })).toEqual(['by jobs_unfinished'])
  })

  test('the overview reads no more than its page, by the index of the account', async () => {
    const page = { accountId: 'account 2', since: 0, stepMs: 1_000, limit: 50 }
    for (const [build, table] of [
      [buildDeliverySums, 'deliveries'],
      [buildAttemptSums, 'deliveries'],
      [buildJobSums, 'jobs'],
      [buildModelSums, 'jobs'],
    ] as const) {
      for (const beforeId of [null, 'delivery 5']) {
        const { sql, parameters } = build(postgresQueries, { ...page, beforeId })
        expect(await accessesOf(sql, parameters)).toContain(`by ${table}_by_account`)
        // And the one that the page before ended with.
        expect(await rowsRead(table, sql, parameters)).toBeLessThanOrEqual(50 + 1)
      }
    }
  })

  test('what accounts are to be told of is found among what failed, and what fails long among what fails', async () => {
    await client.query(`update deliveries set status = 'failed', finished_at = created_at, next_attempt_at = null
      where id like 'delivery %77'`)
    await client.query(`insert into addresses (id, account_id, state, failing_since, created_at)
      select 'broken ' || n, 'account 2', case when n <= 5 then 'failing' else 'healthy' end, n, 0
      from generate_series(1, ${ROWS}) n`)
    await client.query('analyze deliveries, addresses')
    const failed = await accessesOf(LIST_FAILED_DELIVERIES.text, [ROWS - 1_000, 5, 100])
    expect(failed).toContain('by deliveries_failed')
    expect(failed).not.toContain('deliveries whole')
    expect(await rowsRead('deliveries', LIST_FAILED_DELIVERIES.text, [ROWS - 1_000, 5, 100])).toBeLessThanOrEqual(1_000)
    const nodes = await nodesOf('costs off', LIST_LONG_FAILING.text, [5, 100])
    expect(nodes.map((node) => node['Index Name'])).toContain('addresses_failing')
    expect(await rowsRead('addresses', LIST_LONG_FAILING.text, [5, 100])).toBeLessThanOrEqual(5)
  })

  test('those who wait for jobs look them up by id', async () => {
    const jobIds = Array.from({ length: 50 }, (_, index) => `job ${index}`)
    expect(await accessesOf(FIND_ENDED_JOBS.text, [jobIds])).toEqual(['by jobs_pkey'])
  })

  test('a step of retention walks the primary key from its place, and reads what it looks at', async () => {
    expect(await accessesOf(FIND_OLD_JOBS.text, ['job 5', 100])).toEqual(['by jobs_pkey'])
    expect(await rowsRead('jobs', FIND_OLD_JOBS.text, ['job 5', 100])).toBeLessThanOrEqual(100)
    expect(await accessesOf(FIND_OLD_DELIVERIES.text, ['delivery 5', 100])).toEqual(['by deliveries_pkey'])
    const jobIds = Array.from({ length: 100 }, (_, index) => `job ${index}`)
    expect(await accessesOf(LOCK_JOBS.text, [jobIds, 5])).toEqual(['by jobs_pkey'])
    expect(await accessesOf(LOCK_DELIVERIES_OF_JOBS.text, [jobIds, 5])).toEqual(['by deliveries_by_job'])
    expect(await accessesOf(COUNT_DELIVERIES.text, [jobIds])).toEqual(['by deliveries_by_job'])
  })

  test('payloads that are due are found by their own index, and all others are not looked at', async () => {
    await client.query(`update jobs set payload_retention_ms = 60000, payload_look_at = created_at + 60000
      where id like 'job %7'`)
    for (const analyze of ['', 'analyze jobs']) {
      await client.query(analyze)
      expect(await accessesOf(LOCK_DUE_PAYLOADS.text, [61_000, 100])).toEqual(['by jobs_payload_look'])
    }
    // Found, locked, and given.
    expect(await rowsRead('jobs', LOCK_DUE_PAYLOADS.text, [ROWS * 2, 100])).toBeLessThanOrEqual(100 * 3)
    const jobIds = Array.from({ length: 100 }, (_, index) => `job ${index}`)
    expect(await accessesOf(LOCK_ENDS_OF_DELIVERIES.text, [jobIds])).toEqual(['by deliveries_by_job'])
    expect(await accessesOf(MOVE_LOOKS.text, [jobIds, jobIds.map(() => null)])).toEqual(['by jobs_pkey'])
  })
})
