import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect } from 'vitest'

/** A first start is under a second; a machine that is busy with other tests gets patience. */
export const DEADLINE_MS = 30_000

/** Commands that run, and what they printed so far on both streams. */
export type Shell = ChildProcess & { output: () => string }

/** A person's terminals: what one command exports is there for those that follow. */
export interface Terminal {
  /** Runs commands to their end, which must be a good one, and gives what they printed. */
  run(commands: string, cwd?: string): Promise<string>
  /** Starts commands of which the last line stays; resolves once it has printed the text, or matches. */
  startUntil(commands: string, expected: string | RegExp, cwd?: string): Promise<Shell>
  /** Stops a command and all that it started. */
  stop(child: Shell): Promise<void>
  stopAll(): Promise<void>
}

/** `environmentFile` keeps what is exported; the settings of Ringback that this process has are not passed on. */
export function createTerminal(environmentFile: string, env: Readonly<Record<string, string>>): Terminal {
  const running = new Set<Shell>()
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}\n`)
  writeFileSync(environmentFile, exports.join(''))

  function shell(commands: string, cwd: string): Shell {
    const script = `set -euo pipefail\nsource ${environmentFile}\ntrap 'export -p > ${environmentFile}' EXIT\n${commands}`
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('RINGBACK_')))
    const child = spawn('bash', ['-c', script], {
      cwd,
      env: inherited,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        child.emit('text')
      })
    }
    const started = Object.assign(child, { output: () => text })
    running.add(started)
    child.on('close', () => running.delete(started))
    return started
  }

  async function run(commands: string, cwd = dirname(environmentFile)): Promise<string> {
    const child = shell(commands, cwd)
    const [code] = await once(child, 'close')
    expect(code, `${commands}\n${child.output()}`).toBe(0)
    return child.output()
  }

  async function startUntil(commands: string, expected: string | RegExp, cwd = dirname(environmentFile)) {
    // The trap would write the environment only at the end; what follows needs it now.
    const lines = commands.trimEnd().split('\n')
    if (lines.length > 1) await run(lines.slice(0, -1).join('\n'), cwd)
    const child = shell(lines.at(-1) ?? '', cwd)
    await waitFor(child, expected)
    return child
  }

  /** Stops the whole group: npm, its shell, and the server. */
  async function stop(child: Shell): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, 'close')
    process.kill(-(child.pid as number), 'SIGTERM')
    await closed
  }

  return {
    run,
    startUntil,
    stop,
    async stopAll() {
      for (const child of running) await stop(child)
    },
  }
}

/** Resolves when what was printed has the text or matches; rejects with all of it at the end of patience. */
export function waitFor(child: Shell, expected: string | RegExp): Promise<void> {
  const isThere = () =>
    typeof expected === 'string' ? child.output().includes(expected) : expected.test(child.output())
  return new Promise((resolve, reject) => {
    const look = () => isThere() && finish(resolve)
    const fail = (why: string) => finish(() => reject(new Error(`${why}, no "${expected}" in:\n${child.output()}`)))
    const timer = setTimeout(() => fail('too late'), DEADLINE_MS)
    const ended = () => fail('it ended')
    const finish = (then: () => void) => {
      clearTimeout(timer)
      child.off('text', look).off('close', ended)
      then()
    }
    child.on('text', look).on('close', ended)
    look()
  })
}

/** A command that ends when something listens on the port; a minute is for languages that compile first. */
export function untilListening(port: number): string {
  const ready = `until (echo > /dev/tcp/127.0.0.1/${port}) 2> /dev/null; do sleep 0.05; done`
  return `timeout 60 bash -c ${quote(ready)}`
}

/** A text as one word of a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
