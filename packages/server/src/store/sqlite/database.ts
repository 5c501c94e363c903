import { constants, DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'

/** Waits for another process on the same file (a second server, the command line) before it gives up. */
const BUSY_TIMEOUT_MS = 5_000

/**
 * Pages of WAL before a checkpoint copies them back: 16,000 pages are 64 MB. SQLite's 1,000 makes the busy store fsync
 * the main file several times a second.
 */
const CHECKPOINT_PAGES = 16_000

/**
 * 8 MB of page cache: holds the hot ends of all indexes, and what it lacks comes from the system's cache in microseconds.
 * More costs more: whenever a b-tree was balanced, the commit looks through all pages that are cached (`pcache1Truncate`,
 * because balancing numbers a page beyond the end for a moment). With 32 MB that was 3.6 of the 48 µs of a delivery here;
 * with 8 MB this thread took 7 % less. With a million rows, 8 MB are as fast as 32 within the noise.
 */
const CACHE_KIB = 8_192

/** A row: its columns by their names. */
export type Row = Record<string, SQLOutputValue>

/** A statement that is prepared once and kept. */
export interface Statement<Result extends object = Row> {
  all(...parameters: SQLInputValue[]): Result[]
  get(...parameters: SQLInputValue[]): Result | undefined
  /** Gives the number of rows that changed. */
  run(...parameters: SQLInputValue[]): number
}

/** One connection, its transactions and its prepared statements. Synchronous: it lives in the store's thread. */
export interface Database {
  /**
   * SQLite compiles a statement again, at each run, whose plan may depend on the value of a parameter: one behind `limit`,
   * and one that is compared to what an index has in its `where` (`lane = ?`). That costs more than the statement: an
   * insert of a job took 41 µs in place of 11. A plus in front of the parameter (`limit +?`) keeps the value out of the plan.
   */
  prepare<Result extends object = Row>(sql: string): Statement<Result>
  /** Like {@link prepare} for texts that are built at run time: not kept. */
  query<Result extends object = Row>(sql: string, parameters: readonly SQLInputValue[]): Result[]
  exec(sql: string): void
  /**
   * Like {@link exec} for a step of the schema, which may write to `sqlite_schema` itself: SQLite's way to change a check
   * without writing the table anew. Nothing else may, so that no mistake of ours can make the file unreadable.
   */
  execMigration(sql: string): void
  /** Runs all of `work` or none of it. Takes the write lock at once, so that no upgrade can fail half-way. */
  transaction<Result>(work: () => Result): Result
  /**
   * Makes a look-up by key that reads each key once in a transaction. Nobody else can write meanwhile; whoever of us
   * changes what such look-ups read calls {@link forget}. The hundreds of ends and attempts of a batch are about few
   * accounts and addresses: measured, this saved 4 of the 24 µs that the statements of a delivery took then.
   */
  remember<Value>(read: (key: string) => Value): (key: string) => Value
  forget(): void
  close(): void
}

/**
 * Opens a database file, or `:memory:`, with the settings that make a commit durable: WAL and `synchronous=FULL`
 * (fsync at each commit, measured as fast as NORMAL when commits are gathered; see ADR 0002).
 * @param onCompile called whenever SQLite compiles a statement but `begin` and `commit`, also one that was prepared before
 * @throws the error of `node:sqlite` when the file cannot be opened or is no database
 */
export function openDatabase(file: string, onCompile?: () => void): Database {
  const connection = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true })
  if (onCompile) {
    connection.setAuthorizer((action) => {
      if (action !== constants.SQLITE_TRANSACTION) onCompile()
      return constants.SQLITE_OK
    })
  }
  connection.exec(`
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma wal_autocheckpoint = ${CHECKPOINT_PAGES};
    pragma cache_size = -${CACHE_KIB};
    pragma temp_store = memory;
  `)

  function wrap<Result extends object>(statement: StatementSync): Statement<Result> {
    const read = rowReader<Result>(statement)
    return {
      all: (...parameters) => statement.all(...parameters).map(read),
      get(...parameters) {
        const values = statement.get(...parameters)
        return values && read(values)
      },
      run: (...parameters) => Number(statement.run(...parameters).changes),
    }
  }

  const remembered: Map<string, unknown>[] = []
  const forget = () => {
    for (const values of remembered) values.clear()
  }

  return {
    prepare: (sql) => wrap(connection.prepare(sql)),
    query: (sql, parameters) => wrap(connection.prepare(sql)).all(...parameters) as never,
    exec: (sql) => connection.exec(sql),
    execMigration(sql) {
      connection.enableDefensive(false)
      try {
        connection.exec(sql)
      } finally {
        connection.enableDefensive(true)
      }
    },
    transaction(work) {
      connection.exec('begin immediate')
      try {
        const result = work()
        connection.exec('commit')
        return result
      } catch (error) {
        if (connection.isTransaction) connection.exec('rollback')
        throw error
      } finally {
        forget()
      }
    },
    remember<Value>(read: (key: string) => Value) {
      const values = new Map<string, Value>()
      remembered.push(values)
      return (key) => {
        const known = values.get(key)
        if (known !== undefined) return known
        const value = read(key)
        // Outside of a transaction others may write at any time.
        if (connection.isTransaction) values.set(key, value)
        return value
      }
    },
    forget,
    close: () => connection.close(),
  }
}

/**
 * Makes a statement give lists of values, and gives what makes a row of such a list. The rows of `node:sqlite` are
 * dictionaries without a prototype, each of a shape of its own, for which no code can be optimized: to get a row of five
 * columns and read it took 2.6 µs, and takes 1.6; 2,000 rows of six take half the time, and a delivery 1.5 µs less.
 */
function rowReader<Result extends object>(statement: StatementSync): (values: unknown) => Result {
  statement.setReturnArrays(true)
  const names = statement.columns().map(({ name }) => name)
  // The casts are the one place where rows get their type: SQL aliases name the fields of the row types in `store/`.
  return (values) => {
    const row: Row = {}
    for (let place = 0; place < names.length; place++) {
      row[names[place] as string] = (values as SQLOutputValue[])[place] as SQLOutputValue
    }
    return row as Result
  }
}
