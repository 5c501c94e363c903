import type { Environment } from '../config/parse-config.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log, LogLevel } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'

/** What a command gets from the process; `main.js` makes the real one. */
export interface CommandContext {
  readonly env: Environment
  readonly clock: Clock
  readonly random: Random
  /** Writes a line to standard output. */
  print(line: string): void
  /** A log on standard output, for commands that go on until they are stopped. */
  serverLog(level: LogLevel): Log
  /** A log on standard error, for commands whose standard output is their answer. */
  commandLog(level: LogLevel): Log
  /** Aborts at the first SIGTERM or SIGINT. */
  readonly stopSignal: AbortSignal
  /** People read standard output, and not a file or a program. */
  readonly isTerminal: boolean
}

/** Runs one command; gives the exit code. */
export type RunCommand<Options = Record<never, never>> = (context: CommandContext, options: Options) => Promise<number>
