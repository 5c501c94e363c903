import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../src/lib/clock.ts'

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url))

/** How long a server may take to be ready, on a machine that is busy with other things. */
const READY_MS_MAX = 60_000

/** How a process ended, and all that it had printed. */
export interface ProcessEnd {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** The real program as a process of its own. */
export interface RunningProgram {
  readonly pid: number
  /** Resolves when it has ended, was reaped, and everything it printed is here. */
  readonly ended: Promise<ProcessEnd>
  /** What it has printed so far. */
  output(): { readonly stdout: string; readonly stderr: string }
  /** Resolves with standard output as soon as it matches; rejects with all output when the process ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  /** Sends the signal and waits for the end; nothing can be left behind by SIGKILL, so that is the default. */
  kill(signal?: NodeJS.Signals): Promise<ProcessEnd>
  /** Asks it to end (SIGTERM) and waits until it has. */
  stop(): Promise<ProcessEnd>
}

/** `ringback serve` as a process of its own. */
export interface ServerProcess extends RunningProgram {
  /** Resolves with the origin when the banner is printed, which is when requests are answered. */
  ready(): Promise<string>
}

const running = new Set<RunningProgram>()

/**
 * Kills what it was told of and not told off when its standard input closes: that happens when this process ends, in
 * whatever way, so that an interrupted test run leaves no server behind. It leads a session of its own, out of reach of
 * Ctrl-C in the terminal.
 */
const REAPER = `
  pids=' '
  while read -r what pid; do
    case $what in
      started) pids="$pids$pid " ;;
      ended) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
    esac
  done
  [ "$pids" = ' ' ] || kill -9 $pids
`

let reaperInput: Writable | null = null

function tellReaper(line: string): void {
  if (!reaperInput) {
    const reaper = spawn('/bin/sh', ['-c', REAPER], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
    reaper.unref()
    reaperInput = reaper.stdin
    ;(reaper.stdin as unknown as { unref(): void }).unref()
  }
  reaperInput.write(`${line}\n`)
}

/** Starts `ringback <args>` with nothing of our own environment but the path, in our folder or in `cwd`. */
export function startProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): RunningProgram {
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const pid = child.pid as number
  tellReaper(`started ${pid}`)

  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  const ended = new Promise<ProcessEnd>((resolve) =>
    child.once('close', (code, signal) => {
      tellReaper(`ended ${pid}`)
      running.delete(program)
      resolve({ code, signal, ...output })
    }),
  )

  const program: RunningProgram = {
    pid,
    ended,
    output: () => ({ ...output }),
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output.stdout)
          if (!match) return
          child.stdout.off('data', look)
          resolve(match)
        }
        child.stdout.on('data', look)
        look()
        void ended.then((end) => reject(new Error(`ended without printing ${pattern}: ${JSON.stringify(end)}`)))
      }),
    kill(signal = 'SIGKILL') {
      child.kill(signal)
      return ended
    },
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
  running.add(program)
  return program
}

/**
 * Starts the real server. Unless the environment says otherwise it takes any free port, accepts receivers on loopback,
 * and logs only what is wrong.
 */
export function startServer(env: Readonly<Record<string, string>>): ServerProcess {
  const program = startProgram(['serve'], {
    RINGBACK_PORT: '0',
    RINGBACK_ALLOW_HTTP_TARGETS: 'true',
    RINGBACK_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
    RINGBACK_LOG_LEVEL: 'warn',
    ...env,
  })
  const ready = new Promise<string>((resolve, reject) => {
    const cancel = systemClock.after(READY_MS_MAX, () =>
      reject(new Error(`not ready after ${READY_MS_MAX} ms: ${JSON.stringify(program.output())}`)),
    )
    void program
      // The last line of the banner is the body of its sample request.
      .printed(/^ {2}API {6}(http:\S+)\/api\/v1$.*^ {2}-d '.*?'$/ms)
      .then(([, origin]) => resolve(origin as string), reject)
      .finally(cancel)
  })
  // Whoever kills a server before it is ready does not ask whether it is.
  ready.catch(() => {})
  return { ...program, ready: () => ready }
}

/** Kills what is still running; for `afterEach`, so that a test that failed half-way leaves nothing behind. */
export async function killAllPrograms(): Promise<void> {
  await Promise.all([...running].map((program) => program.kill()))
}
