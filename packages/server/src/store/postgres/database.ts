import { DatabaseError, Pool, type PoolClient, types } from 'pg'
import { messageOf } from '../../lib/errors.ts'
import { StoreUnavailableError } from '../errors.ts'
import { storableText } from '../mapping.ts'

/** SQL that a connection parses once and knows by its name from then on. */
export interface Statement {
  readonly name: string
  readonly text: string
  /** Runs outside of transactions with the plan of the last times, see {@link PLAN_USES_MAX}. */
  readonly keepsPlan: boolean
}

/** Where statements run: any connection of the pool, or the one of a transaction. */
export interface Connection {
  /**
   * Runs a prepared statement, or a text that was built at run time, and gives its rows.
   * @throws StoreUnavailableError when the database cannot take it now; DatabaseError when it is wrong
   */
  run<Row extends object>(statement: Statement | string, parameters?: readonly unknown[]): Promise<Row[]>
}

export interface Database extends Connection {
  /** Runs all of `work` or none of it, on one connection, at READ COMMITTED. */
  transaction<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result>
  /** Waits for what is under way, then closes all connections. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly url: string
  /** Connections at most, divided by {@link KEEPING_SHARE}; at least one of each kind. */
  readonly poolMax: number
  /** How long values are compressed when they are stored; null for the server's own way. */
  readonly compression: 'lz4' | null
  /** Told when a connection breaks while nobody uses it; the pool replaces it by itself. */
  readonly onConnectionLost: (error: Error) => void
}

/** Longest wait for a connection: a server that is there answers within milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000

/**
 * Longest wait for an answer. The slowest statement of ours takes milliseconds; this is for a server that went away
 * without a word, which TCP alone would take 15 minutes to notice.
 */
const QUERY_TIMEOUT_MS = 30_000

/**
 * Statements that a connection runs before it plans anew. A plan that was made for a small table is bad for a large one,
 * so it is used for so many batches and no more. Measured in turns on 2 busy cores, batches of 120, commits that do not
 * wait for the disk, µs of the server's CPU: the end of a job **26**, with a plan a batch 33, with one for ever 25; an
 * attempt **15**, 19 and 14, with a new plan after 16. Planning was then 5 % of the server's time with everything under
 * way, hence 64.
 */
const PLAN_USES_MAX = 64

/** Part of the connections that run statements which keep their plans: the mode of planning is a connection's. */
const KEEPING_SHARE = 0.4

/** Names a hot statement. The name is also in the text, so that `pg_stat_statements` and the server's log show it. */
export function statement(name: string, text: string, { keepsPlan = false } = {}): Statement {
  return { name, text: `/* ringback ${name} */ ${text.trim()}`, keepsPlan }
}

/** How connections of ours are made, pooled or not. */
export function connectionOptions(url: string) {
  return {
    connectionString: url,
    application_name: 'ringback',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: { getTypeParser },
  }
}

/** All our int8 columns are times in milliseconds or counts, far below 2^53. */
const getTypeParser: typeof types.getTypeParser = (oid, format) =>
  (oid === types.builtins.INT8 && format !== 'binary' ? Number : types.getTypeParser(oid, format)) as never

/** Opens a pool of connections. Connects when first used, so a wrong URL shows in the first statement. */
export function openDatabase({ url, poolMax, compression, onConnectionLost }: DatabaseOptions): Database {
  const openPool = (max: number, planCacheMode: 'force_custom_plan' | 'force_generic_plan') => {
    const pool = new Pool({
      ...connectionOptions(url),
      max: Math.max(max, 1),
      query_timeout: QUERY_TIMEOUT_MS,
      // Compiling a plan takes tens of milliseconds, and our statements never run long enough. A process that stops in
      // the middle of a transaction must not hold its locks, and with them the claims of all.
      options: [
        `plan_cache_mode=${planCacheMode}`,
        'jit=off',
        'idle_in_transaction_session_timeout=10000',
        ...(compression ? [`default_toast_compression=${compression}`] : []),
      ]
        .map((setting) => `-c ${setting}`)
        .join(' '),
    })
    pool.on('error', onConnectionLost)
    // Between two statements of a transaction nobody else listens, and an error that nobody hears ends the process. The
    // next statement on that connection fails, which is how we learn of it.
    pool.on('connect', (client) => client.on('error', () => {}))
    return pool
  }
  const keepingMax = Math.floor(poolMax * KEEPING_SHARE)
  const keepingPool = openPool(keepingMax, 'force_generic_plan')
  // What these run is planned each time: the best plan depends on the parameters.
  const pool = openPool(poolMax - keepingMax, 'force_custom_plan')

  return {
    run: (statement, parameters) =>
      typeof statement !== 'string' && statement.keepsPlan
        ? runKeepingPlan(keepingPool, statement, parameters)
        : runOn(pool, statement, parameters),
    async transaction(work) {
      const client = await pool.connect().catch(toStoreError)
      try {
        await runOn(client, 'begin')
        const result = await work({ run: (statement, parameters) => runOn(client, statement, parameters) })
        await runOn(client, 'commit')
        client.release()
        return result
      } catch (error) {
        await endFailed(client, error)
        throw error
      }
    },
    async close() {
      await Promise.all([pool.end(), keepingPool.end()])
    },
  }
}

/** How often each connection has run a statement that keeps its plan. */
const planUses = new WeakMap<PoolClient, number>()

async function runKeepingPlan<Row extends object>(
  pool: Pool,
  statement: Statement,
  parameters?: readonly unknown[],
): Promise<Row[]> {
  const client = await pool.connect().catch(toStoreError)
  try {
    const uses = (planUses.get(client) ?? 0) + 1
    planUses.set(client, uses)
    if (uses % PLAN_USES_MAX === 0) await runOn(client, 'discard plans')
    const rows = await runOn<Row>(client, statement, parameters)
    client.release()
    return rows
  } catch (error) {
    client.release(error instanceof StoreUnavailableError)
    throw error
  }
}

/** A connection that broke is thrown away, and so is one that cannot even roll back. */
async function endFailed(client: PoolClient, error: unknown): Promise<void> {
  if (error instanceof StoreUnavailableError) return client.release(true)
  await client.query('rollback').then(
    () => client.release(),
    () => client.release(true),
  )
}

async function runOn<Row extends object>(
  client: Pool | PoolClient,
  statement: Statement | string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const named = typeof statement === 'string' ? { text: statement } : { name: statement.name, text: statement.text }
  const { rows } = await client.query<Row>({ ...named, values: parameters.map(toValue) }).catch(toStoreError)
  return rows
}

/** A NUL, which PostgreSQL has no room for, matches nothing and is no reason for an error: SQLite gives none either. */
function toValue(parameter: unknown): unknown {
  return typeof parameter === 'string' && parameter.includes('\0') ? storableText(parameter) : parameter
}

/**
 * Classes of SQLSTATE that say "not now" and not "wrong": connection lost, deadlock or serialisation, resources used
 * up, shutting down, input/output. Read-only (25006) is a server that has just become a standby.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const UNAVAILABLE_SQLSTATE = /^(08|40|53|57|58|25006)/

function toStoreError(error: unknown): never {
  if (error instanceof DatabaseError && !UNAVAILABLE_SQLSTATE.test(error.code ?? '')) throw error
  throw new StoreUnavailableError(`PostgreSQL: ${messageOf(error)}`, { cause: error })
}
