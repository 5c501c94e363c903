import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import type { TestContext } from 'vitest'
import { until } from '../../../packages/server/test/harness/until.ts'

/** A program in another language. */
export interface Program {
  /** What it printed so far, on both streams. */
  output(): string
  /** Resolves when it has printed what matches. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves when something listens on the port. */
  listens(port: number): Promise<void>
  /** Sends the signal and resolves with the exit code; null when a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

const running = new Set<Program>()

/** Starts a program with nothing of our own environment but what finds interpreters. */
export function startProgram(command: string, args: readonly string[], env: Record<string, string> = {}): Program {
  const child: ChildProcess = spawn(command, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, because a server may have workers that outlive their parent.
    detached: true,
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
  }
  child.on('error', (error) => {
    text += `${error.message}\n`
  })
  let code: number | null | undefined
  const closed = new Promise<void>((resolve) =>
    child.once('close', (exitCode) => {
      code = exitCode
      running.delete(program)
      resolve()
    }),
  )
  const waitFor = <Value>(what: string, ask: () => Promise<Value | null> | Value | null) =>
    until(what, () => {
      if (code !== undefined) throw new Error(`it ended with ${code} before ${what}:\n${text}`)
      return ask()
    }).catch((error: Error) => {
      throw new Error(`${error.message}\n${text}`)
    })

  const program: Program = {
    output: () => text,
    printed: (pattern) => waitFor(`it printed ${pattern}`, () => pattern.exec(text)),
    async listens(port) {
      await waitFor(`it listens on ${port}`, async () => ((await isOpen(port)) ? true : null))
    },
    async stop(signal = 'SIGTERM') {
      if (code === undefined) process.kill(-(child.pid as number), signal)
      await closed
      return code ?? null
    },
  }
  running.add(program)
  return program
}

/** Kills what is still running; for `afterEach`, so that a test that failed leaves nothing behind. */
export async function killAllPrograms(): Promise<void> {
  await Promise.all([...running].map((program) => program.stop('SIGKILL')))
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

/** Whether a command is there and ends well. */
export function works(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}

/** Ends the test as skipped, with the reason printed, unless what it needs is there. */
export function need(context: TestContext, there: boolean, reason: string): void {
  if (there) return
  // The reporter counts skipped tests but prints no reason.
  // biome-ignore lint/suspicious/noConsole: what was not run must be seen
  console.warn(`skipped: ${reason}`)
  context.skip(`skipped: ${reason}`)
}
