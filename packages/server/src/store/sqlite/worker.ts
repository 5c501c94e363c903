import { parentPort } from 'node:worker_threads'
import { StartError } from '../../lib/errors.ts'
import type { WorkKind } from '../store.ts'
import { type Database, openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { createOperations, READ_OPERATIONS } from './operations.ts'
import type { BatchAnswer, Call, Opened, OpenFile, Outcome } from './protocol.ts'
import { FlatReader, readCall, writeOutcome } from './wire.ts'

/**
 * The store's own thread. A commit waits for the disk; here it holds up nobody who answers requests or sends webhooks.
 * Each message is a batch of calls and becomes one transaction: group commit.
 */

/** SQLite's primary result codes that say "not now" and not "wrong": busy, full, input/output, read-only, cannot open. */
const UNAVAILABLE_CODES = new Set([5, 6, 8, 10, 13, 14])

/** Of these, what says that another process was writing for longer than a transaction waits to begin. */
const BUSY_CODE = 5

/** SQLite's primary result code of an error; null when it is another's. */
function codeOf(error: unknown): number | null {
  const code = (error as { errcode?: unknown }).errcode
  return typeof code === 'number' ? code & 0xff : null
}

function failure(error: unknown): Outcome {
  const code = codeOf(error)
  const unavailable = code !== null && UNAVAILABLE_CODES.has(code)
  return { ok: false, unavailable, message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

function start(port: NonNullable<typeof parentPort>, database: Database) {
  let wakes = new Set<WorkKind>()
  const operations = createOperations(database, (kind) => wakes.add(kind))

  // The cast joins two things TypeScript cannot: the name and its own parameters. `Call` is only built by `sqlite.ts`.
  const run = ({ name, parameters }: Call): unknown =>
    (operations[name] as (...parameters: readonly unknown[]) => unknown)(...parameters)

  function runBatch(calls: readonly Call[]): readonly Outcome[] {
    const runAll = () => calls.map((call): Outcome => ({ ok: true, value: run(call) }))
    if (calls.every((call) => READ_OPERATIONS.has(call.name))) return runAll()
    return database.transaction(runAll)
  }

  /**
   * One bad call must not take the others with it: when a batch fails, each call gets a transaction of its own. Not while
   * another process writes: each would wait for it as long as the batch has, one after the other, and nobody who only reads
   * would be answered meanwhile.
   */
  function runSafely(calls: readonly Call[]): readonly Outcome[] {
    try {
      return runBatch(calls)
    } catch (error) {
      wakes = new Set()
      if (calls.length === 1) return [failure(error)]
      const isBusy = codeOf(error) === BUSY_CODE
      return calls.map((call) => {
        if (isBusy && !READ_OPERATIONS.has(call.name)) return failure(error)
        try {
          return runBatch([call])[0] as Outcome
        } catch (ownError) {
          return failure(ownError)
        }
      })
    }
  }

  port.on('message', (batch: readonly unknown[] | 'close') => {
    if (batch === 'close') {
      database.close()
      port.close()
      return
    }
    const calls: Call[] = []
    for (const from = new FlatReader(batch); !from.atEnd; ) calls.push(readCall(from))
    const outcomes: unknown[] = []
    for (const [index, outcome] of runSafely(calls).entries()) {
      writeOutcome(outcomes, (calls[index] as Call).name, outcome)
    }
    port.postMessage({ outcomes, wakes: [...wakes] } satisfies BatchAnswer)
    wakes = new Set()
  })
}

function open(port: NonNullable<typeof parentPort>, { file, now, mayUpgrade }: OpenFile) {
  try {
    const database = openDatabase(file)
    migrate(database, now, mayUpgrade)
    start(port, database)
    port.postMessage({ ok: true } satisfies Opened)
  } catch (error) {
    const problems =
      error instanceof StartError ? error.problems : [error instanceof Error ? error.message : `${error}`]
    const exitCode = error instanceof StartError ? error.exitCode : null
    port.postMessage({ ok: false, exitCode, problems } satisfies Opened)
    port.close()
  }
}

const port = parentPort
port?.once('message', (message: OpenFile) => open(port, message))
