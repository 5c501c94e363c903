import { runProgram } from '../../src/cli/program.ts'
import { type Clock, systemClock } from '../../src/lib/clock.ts'
import { StartError } from '../../src/lib/errors.ts'
import { silentLog } from '../../src/lib/log.ts'

/** How a command ended. */
export interface CommandEnd {
  readonly code: number
  readonly stdout: string
  /** What is wrong with the arguments. */
  readonly stderr: string
  /** What it could not do, in sentences. */
  readonly problems: readonly string[]
}

/** A command of `ringback` that runs in this process. */
export interface RunningCommand {
  readonly ended: Promise<CommandEnd>
  /** What it has printed so far. */
  stdout(): string
  /** Resolves with standard output as soon as it matches; rejects with all output when the command ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  /** What the first Ctrl-C does. */
  interrupt(): Promise<CommandEnd>
}

const running = new Set<RunningCommand>()

/**
 * Runs `ringback <args>` here, with nothing but the given environment: all of it but the process (`main.js`), which takes a
 * second to start on a busy machine. What a signal, a kill or a variable of Node does needs `startProgram`.
 */
export function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { clock = systemClock, isTerminal = false }: { readonly clock?: Clock; readonly isTerminal?: boolean } = {},
): RunningCommand {
  const stop = new AbortController()
  const onPrinted = new Set<() => void>()
  let stdout = ''
  let stderr = ''
  const write = (text: string) => {
    stdout += text
    for (const look of onPrinted) look()
  }
  const context = {
    env,
    clock,
    random: () => 0,
    print: (line: string) => write(`${line}\n`),
    serverLog: () => silentLog,
    commandLog: () => silentLog,
    stopSignal: stop.signal,
    isTerminal,
  }
  const output = {
    writeOut: write,
    writeErr: (text: string) => {
      stderr += text
    },
  }
  const ended = runProgram(args, context, output)
    .then((code) => ({ code, stdout, stderr, problems: [] as readonly string[] }))
    .catch((error) => {
      if (!(error instanceof StartError)) throw error
      return { code: error.exitCode, stdout, stderr, problems: error.problems }
    })
    .finally(() => running.delete(command))
  // Whoever waits for it is told; a test that ended before is not.
  ended.catch(() => {})
  const command: RunningCommand = {
    ended,
    stdout: () => stdout,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(stdout)
          if (!match) return
          onPrinted.delete(look)
          resolve(match)
        }
        onPrinted.add(look)
        look()
        ended.then((end) => reject(new Error(`ended without printing ${pattern}: ${JSON.stringify(end)}`)), reject)
      }),
    interrupt() {
      stop.abort()
      return ended
    },
  }
  running.add(command)
  return command
}

/** Ends what still runs; for `afterEach`. What is under way ends first, so receivers that hang have to be closed before. */
export async function interruptAllCommands(): Promise<void> {
  await Promise.all([...running].map((command) => command.interrupt()))
}
