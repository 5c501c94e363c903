import type { Listener } from '@ringback/contract'
import type { Clock } from '../../src/lib/clock.ts'
import { TEST_API_KEY } from './ringback.ts'
import { type RunningCommand, runCommand } from './run-command.ts'
import { type RunningProgram, startProgram } from './server-process.ts'
import type { Talk } from './talk.ts'
import { until } from './until.ts'

/** What `ringback listen` prints when it is ready. */
const LISTENS = /Ctrl-C ends it|"listening"/

export interface ListenWanted {
  readonly server: string
  readonly forward: string
  readonly key?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const argsOf = ({ server, forward, args = [] }: ListenWanted) => [
  ...['listen', '--forward', forward, '--server', server],
  ...args,
]
const envOf = ({ key = TEST_API_KEY, env }: ListenWanted) => ({ RINGBACK_API_KEY: key, ...env })

/** Runs `ringback listen` here; resolves when it listens. */
export async function listen(
  wanted: ListenWanted,
  options: { readonly clock?: Clock; readonly isTerminal?: boolean } = {},
): Promise<RunningCommand> {
  const command = runCommand(argsOf(wanted), envOf(wanted), options)
  await command.printed(LISTENS)
  return command
}

/** Starts `ringback listen` as a process of its own; resolves when it listens. */
export async function startListening(wanted: ListenWanted): Promise<RunningProgram> {
  const program = startProgram(argsOf(wanted), envOf(wanted))
  await program.printed(LISTENS)
  return program
}

/** Resolves with the listeners of an account when they are so many. */
export function listeners(talk: Talk, count: number): Promise<Listener[]> {
  return until(`${count} listen`, async () => {
    const { json } = await talk.call('GET', '/listeners')
    return json.data.length === count ? json.data : null
  })
}
