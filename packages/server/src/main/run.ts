import type { CommandContext } from '../cli/command-context.ts'
import { runProgram } from '../cli/program.ts'
import { systemClock } from '../lib/clock.ts'
import { CommandError, EXIT_CODES, StartError } from '../lib/errors.ts'
import { keepNewObjectsYoung } from '../lib/garbage.ts'
import { createLog, type FlushableLogDestination, fileDescriptorDestination, type Log } from '../lib/log.ts'
import { systemRandom } from '../lib/random.ts'

/*
 * The process and nothing else: arguments, environment, signals, standard streams, exit codes.
 */

/** What shells report for a process that a signal ended: 128 and the number of the signal. */
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const

keepNewObjectsYoung()

const destinations: FlushableLogDestination[] = []
let log: Log | null = null

/** A log on a standard stream: for people when it is a terminal, JSON lines otherwise. */
function openLog(
  level: Parameters<CommandContext['serverLog']>[0],
  stream: NodeJS.WriteStream & { readonly fd: number },
): Log {
  const destination = fileDescriptorDestination(stream.fd, { readable: stream.isTTY === true })
  destinations.push(destination)
  log = createLog(level, destination)
  return log
}

function exit(code: number): never {
  for (const destination of destinations) destination.flush()
  process.exit(code)
}

function exitUnexpectedly(error: unknown, message: string): never {
  const fatal = log ?? openLog('fatal', process.stderr)
  fatal.fatal({ err: error }, message)
  exit(EXIT_CODES.unexpected)
}

process.on('uncaughtException', (error) => exitUnexpectedly(error, 'uncaught exception'))
process.on('unhandledRejection', (reason) => exitUnexpectedly(reason, 'unhandled rejection'))
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // `ringback keys list | head -1`: whoever read us has enough.
    if (error.code === 'EPIPE') exit(EXIT_CODES.ok)
    throw error
  })
}

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) exit(SIGNAL_EXIT_CODES[signal])
    stop.abort()
  })
}

const context: CommandContext = {
  env: process.env,
  clock: systemClock,
  random: systemRandom,
  print: (line) => void process.stdout.write(`${line}\n`),
  serverLog: (level) => openLog(level, process.stdout),
  commandLog: (level) => openLog(level, process.stderr),
  stopSignal: stop.signal,
  isTerminal: process.stdout.isTTY === true,
}

try {
  const output = {
    writeOut: (text: string) => void process.stdout.write(text),
    writeErr: (text: string) => void process.stderr.write(text),
  }
  const exitCode = await runProgram(process.argv.slice(2), context, output)
  exit(exitCode)
} catch (error) {
  if (!(error instanceof StartError)) exitUnexpectedly(error, 'unexpected error')
  // A command that was asked for something that is not there has started well.
  const isCommand = error instanceof CommandError || error.exitCode === EXIT_CODES.usage
  const heading = isCommand ? 'Ringback cannot do this:' : 'Ringback cannot start:'
  process.stderr.write(`${heading}\n${error.problems.map((problem) => `  - ${problem}\n`).join('')}`)
  exit(error.exitCode)
}
