import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import type { Compilable } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../lib/clock.ts'
import { EXIT_CODES, StartError } from '../../lib/errors.ts'
import { newId } from '../../lib/ids.ts'
import { describeStore } from '../conformance.ts'
import { buildDeliveryList } from '../delivery-list.ts'
import { buildFailedGroups, buildRecentAttempts } from '../delivery-stats.ts'
import { StoreUnavailableError } from '../errors.ts'
import { buildJobList } from '../job-list.ts'
import { readMigrations } from '../migrations.ts'
import { buildAttemptSums, buildDeliverySums, buildJobSums, buildModelSums } from '../overview.ts'
import { FIND_UNSTARTED } from './cancel-job.ts'
import { FIND_DUE, FIND_READY, FIND_TESTS, FIND_URGENT } from './claim-deliveries.ts'
import { COUNT_RUNNING, FIND_DUE_JOBS, FIND_WAITING_ACCOUNTS } from './claim-jobs.ts'
import { sqliteQueries } from './compiler.ts'
import { MAY_START } from './insert-job.ts'
import { FIRST_JOB_DUE, HELD_BACK, NEXT_JOB_DUE } from './jobs.ts'
import { LIST_MISSED } from './missed.ts'
import { LIST_FAILED_DELIVERIES, LIST_LONG_FAILING } from './notices.ts'
import { FIND_DUE_PAYLOADS, FIND_OLD_DELIVERIES, FIND_OLD_JOBS } from './retention.ts'
import { openSqliteStore } from './sqlite.ts'
import { DISCARD_WAITING } from './webhooks.ts'
import { COUNT_HELD, FIND_WORKER_JOBS } from './worker-jobs.ts'

const known = readMigrations(new URL('./migrations/', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'ringback-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const newFile = () => join(folder, `${newId()}.db`)
const open = (file: string) => openSqliteStore({ file, clock: systemClock })

describeStore('sqlite', async () => {
  const store = await open(newFile())
  return { store, close: () => store.close() }
})

test('while another process writes for too long, all who want to write are told so together, and readers are answered', async () => {
  const file = newFile()
  const store = await open(file)
  const other = new DatabaseSync(file)
  other.exec('begin immediate')
  // One after the other, these would wait for it for 8 minutes.
  const times = { startedAt: 0, expiresAt: 0 }
  const writes = Array.from({ length: 100 }, () => store.insertProcess({ id: newId(), host: '', pid: 1, ...times }))
  const [found, ...outcomes] = await Promise.allSettled([store.findAccount(newId()), ...writes])
  expect(found).toEqual({ status: 'fulfilled', value: null })
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) })
  }
  other.exec('rollback')
  other.close()
  await store.insertProcess({ id: newId(), host: '', pid: 1, ...times })
  await store.close()
})

describe('opening', () => {
  test('twenty at once on an empty file migrate it once and all work', async () => {
    const file = newFile()
    const stores = await Promise.all(Array.from({ length: 20 }, () => open(file)))
    await Promise.all(stores.map((store) => store.ping()))
    await Promise.all(stores.map((store) => store.close()))
    const database = new DatabaseSync(file)
    expect(database.prepare('select count(*) as count from schema_migrations').get()).toEqual({ count: known.length })
    database.close()
  })

  test('a database of a newer version is left alone, with an exit code of its own', async () => {
    const file = newFile()
    await (await open(file)).close()
    const database = new DatabaseSync(file)
    database.exec(`insert into schema_migrations values (999, '0999_future', 'x', 0)`)
    database.close()
    const error = await open(file).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StartError)
    expect(error).toMatchObject({ exitCode: EXIT_CODES.newerDatabase })
    expect((error as StartError).message).toContain('0999_future')
  })

  test('a file that is no database stops the start with one readable line', async () => {
    const file = join(folder, 'not-a-database.db')
    const { writeFileSync } = await import('node:fs')
    writeFileSync(file, 'this is a text file, and long enough to have a header of its own '.repeat(20))
    const error = await open(file).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ exitCode: EXIT_CODES.unavailable })
    expect((error as StartError).problems).toHaveLength(1)
    expect((error as StartError).message).toContain('not-a-database.db')
  })

  test('every commit is durable: WAL with full synchronisation', async () => {
    const file = newFile()
    const store = await open(file)
    const database = new DatabaseSync(file)
    expect(database.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' })
    database.close()
    await store.close()
  })
})

describe('plans of the hot statements', () => {
  const file = newFile()
  let database: DatabaseSync
  beforeAll(async () => {
    await (await open(file)).close()
    database = new DatabaseSync(file)
  })
  afterAll(() => database.close())

  function planOf(sql: string): string {
    const rows = database.prepare(`explain query plan ${sql}`).all() as { detail: string }[]
    return rows.map(({ detail }) => detail).join('\n')
  }

  test.each([
    [
      'due jobs of an account',
      FIND_DUE_JOBS,
      'COVERING INDEX jobs_waiting (lane=? AND account_id=? AND due_at>? AND due_at<?)',
    ],
    [
      'due jobs of a worker',
      FIND_WORKER_JOBS.replaceAll(/\?\d/g, '5'),
      'jobs_for_workers (account_id=? AND type=? AND due_at>? AND due_at<?)',
    ],
    ['what workers of an account have', COUNT_HELD.replaceAll(/\?\d/g, '5'), 'jobs_held_by_workers (account_id=?)'],
    [
      'jobs that may be old',
      FIND_OLD_JOBS.replaceAll(/\?\d/g, '5'),
      'SEARCH jobs USING INDEX sqlite_autoindex_jobs_1 (id>?)',
    ],
    ['payloads that may be due', FIND_DUE_PAYLOADS, 'SEARCH jobs USING INDEX jobs_payload_look (payload_look_at<?)'],
    [
      'webhooks that have failed long',
      LIST_LONG_FAILING.replaceAll(/\?\d/g, '5'),
      'SEARCH addresses USING INDEX addresses_failing (failing_since<?)',
    ],
    [
      'deliveries that may be old',
      FIND_OLD_DELIVERIES.replaceAll(/\?\d/g, '5'),
      'SEARCH deliveries USING INDEX sqlite_autoindex_deliveries_1 (id>?)',
    ],
    ['the next due job', NEXT_JOB_DUE, 'jobs_due (due_at>?)'],
    ['the job that waits longest', FIRST_JOB_DUE, 'jobs_due (due_at>?)'],
    ['jobs that caps hold back', HELD_BACK, 'jobs_waiting (lane=?)'],
    ['jobs that never started', FIND_UNSTARTED, 'jobs_due (due_at<?)'],
    ['what runs of an account', MAY_START, 'jobs_leased (leased_by=? AND account_id=?)'],
    ['what waits in a lane', MAY_START, 'jobs_waiting (lane=?)'],
    [
      'cancelled jobs of a process',
      `select id from jobs where leased_by = 'x' and leased_by is not null and cancel_requested_at is not null`,
      'jobs_cancelling (leased_by=?)',
    ],
    [
      'due deliveries of an address',
      FIND_DUE,
      'COVERING INDEX deliveries_due (address_id=? AND next_attempt_at>? AND next_attempt_at<?)',
    ],
    [
      'due deliveries of a paused address',
      FIND_URGENT,
      'deliveries_due (address_id=? AND next_attempt_at>? AND next_attempt_at<?)',
    ],
    [
      'due tests of a webhook that is off',
      FIND_TESTS,
      'deliveries_due (address_id=? AND next_attempt_at>? AND next_attempt_at<?)',
    ],
    [
      'what waits for a webhook that is switched off',
      DISCARD_WAITING.replaceAll(/\?\d/g, '5'),
      'deliveries_due (address_id=? AND next_attempt_at>?)',
    ],
    [
      'the next ready address',
      'select min(ready_at) from addresses where ready_at > 5',
      'addresses_ready (ready_at>?)',
    ],
    ['addresses to tell of', 'select id from addresses where told_state <> state limit 5', 'addresses_untold'],
    [
      'what can be recovered',
      `select id from deliveries where account_id = 'a' and status in ('failed', 'discarded') and created_at >= 1
         and created_at < 2 and (created_at, id) > (1, 'b') order by created_at, id limit 5`,
      'deliveries_ended_badly (account_id=? AND',
    ],
    ['what a webhook has missed, by job', LIST_MISSED.replaceAll(/\?\d/g, `'5'`), 'deliveries_by_job (job_id=?)'],
    [
      'what a webhook has missed, by time',
      LIST_MISSED.replaceAll(/\?\d/g, `'5'`),
      'jobs_by_account (account_id=? AND created_at>? AND created_at<?)',
    ],
    ['leases of a process', `update deliveries set leased_by = null where leased_by = 'x'`, 'deliveries_leased'],
    [
      'a page of the list',
      `select id from deliveries where account_id = 'a' and (created_at, id) < (1, 'b')
         order by created_at desc, id desc limit 50`,
      'deliveries_by_account',
    ],
  ])('%s are read from their index, without a sort', (_name, sql, index) => {
    const plan = planOf(sql)
    expect(plan).toContain(index)
    expect(plan).not.toContain('TEMP B-TREE')
    expect(plan).not.toMatch(/SCAN (deliveries|jobs|j)\b(?! USING)/)
  })

  test('a claim of jobs goes from account to account in the index, and counts what runs in that of the leases', () => {
    const plan = planOf(FIND_WAITING_ACCOUNTS)
    expect(plan).toContain('jobs_waiting (lane=? AND account_id>?)')
    expect(plan).toContain('jobs_waiting (lane=? AND account_id=? AND due_at>? AND due_at<?)')
    expect(plan).not.toMatch(/SCAN (jobs|j)\b/)
    expect(planOf(COUNT_RUNNING)).toContain('jobs_leased (leased_by=?)')
  })

  test.each([
    [{ cause: 'tls' }, 'deliveries_by_cause (account_id=? AND last_cause=?)'],
    [{ cause: 'tls', beforeId: 'b' }, 'deliveries_by_cause (account_id=? AND last_cause=? AND (created_at,id)<(?,?))'],
    [
      { cause: 'tls', afterId: 'b', oldestFirst: true },
      'deliveries_by_cause (account_id=? AND last_cause=? AND (created_at,id)>(?,?))',
    ],
    [{ afterId: 'b', oldestFirst: true }, 'deliveries_by_account (account_id=? AND (created_at,id)>(?,?))'],
    [{ status: 'failed' }, 'deliveries_by_bad_end (account_id=? AND status=?)'],
    [{ status: 'discarded' }, 'deliveries_by_bad_end (account_id=? AND status=?)'],
    [{ status: 'delivered' }, 'deliveries_by_account (account_id=?)'],
    [{ status: 'waiting' }, 'deliveries_waiting (account_id=?)'],
    [{ since: 1, until: 2 }, 'deliveries_by_account (account_id=? AND created_at>? AND created_at<?)'],
    [{ jobType: 't', trigger: 'test', webhookId: 'w' }, 'deliveries_by_account (account_id=?)'],
  ] as const)('the list of deliveries by %o is read from its index, without a sort', (filter, index) => {
    expectIndex(buildDeliveryList(sqliteQueries, { accountId: 'a', limit: 50, ...filter }), index)
  })

  test.each([
    [{ status: 'failed' }, 'jobs_by_bad_end (account_id=?)'],
    [{ status: 'failed', beforeId: 'b' }, 'jobs_by_bad_end (account_id=? AND (created_at,id)<(?,?))'],
    [{ afterId: 'b', oldestFirst: true }, 'jobs_by_account (account_id=? AND (created_at,id)>(?,?))'],
    [{ status: 'new' }, 'jobs_unfinished (account_id=?)'],
    [{ status: 'pending', type: 't', since: 1 }, 'jobs_unfinished (account_id=? AND created_at>?)'],
    [{ status: 'success', type: 't', since: 1 }, 'jobs_by_account (account_id=? AND created_at>?)'],
    [{ model: { provider: 'openai', model: 'm' } }, 'SEARCH job_runs EXISTS USING PRIMARY KEY (job_id=?)'],
  ] as const)('the list of jobs by %o is read from its index, without a sort', (filter, index) => {
    expectIndex(buildJobList(sqliteQueries, { accountId: 'a', limit: 50, ...filter }), index)
  })

  function planOfQuery(query: Compilable): string {
    const { sql, parameters } = query.compile()
    const rows = database.prepare(`explain query plan ${sql}`).all(...(parameters as SQLInputValue[]))
    return (rows as { detail: string }[]).map(({ detail }) => detail).join('\n')
  }

  function expectIndex(query: Compilable, index: string) {
    const plan = planOfQuery(query)
    expect(plan).toContain(index)
    expect(plan).not.toContain('TEMP B-TREE')
  }

  test('the counts of the dashboard read the newest rows of their account by index, and no more of them', () => {
    const filter = { accountId: 'a', since: 1, until: 2, limit: 50 }
    const failed = planOfQuery(buildFailedGroups(sqliteQueries, filter))
    expect(failed).toContain('deliveries_ended_badly (account_id=? AND created_at>? AND created_at<?)')
    const recent = planOfQuery(buildRecentAttempts(sqliteQueries, filter))
    expect(recent).toContain('deliveries_by_account (account_id=? AND created_at>?)')
    expect(recent).toContain('SEARCH attempts USING')
    expect(recent).not.toContain('TEMP B-TREE')
  })

  test.each([
    ['deliveries', buildDeliverySums, ['deliveries_by_account (account_id=? AND (created_at,id)<(?,?))']],
    [
      'attempts',
      buildAttemptSums,
      ['deliveries_by_account (account_id=? AND (created_at,id)<(?,?))', 'SEARCH a USING'],
    ],
    ['jobs', buildJobSums, ['jobs_by_account (account_id=? AND (created_at,id)<(?,?))']],
    ['models', buildModelSums, ['jobs_by_account (account_id=? AND (created_at,id)<(?,?))', 'SEARCH r USING']],
  ] as const)(
    'the overview reads a page of %s by the index of the account, and sorts groups only',
    (_name, build, parts) => {
      const query = build(sqliteQueries, { accountId: 'a', since: 1, stepMs: 1, beforeId: 'b', limit: 50 })
      const plan = planOf(query.sql.replaceAll('?', "'5'"))
      for (const part of parts) expect(plan).toContain(part)
      expect(plan).not.toMatch(/SCAN (?!page)|FOR ORDER BY/)
    },
  )

  test('deliveries that failed and nobody was told of are found by when they failed, and only then grouped', () => {
    const plan = planOf(LIST_FAILED_DELIVERIES.replaceAll(/\?\d/g, '5'))
    expect(plan).toContain('SEARCH d USING INDEX deliveries_failed (finished_at>?)')
    expect(plan).toContain('SEARCH n USING PRIMARY KEY (address_id=? AND kind=?)')
    expect(plan).not.toContain('SCAN')
  })

  test.each([
    ['jobs', 'status'],
    ['deliveries', 'status'],
    ['deliveries', 'trigger'],
    ['addresses', 'state'],
    ['addresses', 'told_state'],
  ])('the words of %s that %s may be are compared, not put into a table at each write', (table, column) => {
    const steps = database.prepare(`explain update ${table} set ${column} = ? where rowid = ?`).all()
    expect(steps.map(({ opcode }) => opcode)).not.toContain('OpenEphemeral')
  })

  test('a claim reads only the addresses that are ready', () => {
    expect(planOf(FIND_READY)).toContain('SEARCH a USING INDEX addresses_ready (ready_at>? AND ready_at<?)')
  })
})
