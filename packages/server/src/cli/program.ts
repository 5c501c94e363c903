import { Command, CommanderError } from 'commander'
import { EXIT_CODES } from '../lib/errors.ts'
import { VERSION } from '../version.ts'
import type { CommandContext, RunCommand } from './command-context.ts'
import type { ListenOptions } from './listen/listen.ts'
import type { ResendOptions } from './remote/resend.ts'
import type { TriggerOptions } from './remote/trigger.ts'

/** Where commander writes help and what is wrong with the arguments. */
export interface ProgramOutput {
  writeOut(text: string): void
  writeErr(text: string): void
}

/**
 * Runs the command that the arguments name; gives the exit code: the command's own, 0 for help and version, 64 with
 * the usage on standard error for arguments that make no sense.
 * @throws what the command throws
 */
export async function runProgram(
  args: readonly string[],
  context: CommandContext,
  output: ProgramOutput,
): Promise<number> {
  let exitCode: number = EXIT_CODES.usage
  const run = async <Options>(command: RunCommand<Options>, options: Options) => {
    exitCode = await command(context, options)
  }
  try {
    await buildProgram(run, output).parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage
  }
}

type Run = <Options>(command: RunCommand<Options>, options: Options) => Promise<void>

/** Commands are loaded when they are run: help and wrong arguments need neither the server nor its libraries. */
function buildProgram(run: Run, output: ProgramOutput): Command {
  const program = new Command('ringback')
    .description('AI jobs that call you back. Settings are environment variables: docs/settings.md lists them.')
    .version(VERSION, '-V, --version', 'print the version')
    .configureOutput(output)
    .showHelpAfterError()
    .exitOverride()

  program
    .command('serve')
    .description('run the server')
    .action(async () => run((await import('./serve.ts')).serve, {}))
  program
    .command('demo')
    .description('run everything once: a job, its webhook, the check of its signature')
    .action(async () => run((await import('./demo.ts')).demo, {}))
  program
    .command('sign-in')
    .description('print a one-time link that opens the dashboard')
    .option(...ACCOUNT_OPTION)
    .action(async (options: AccountOption) => run((await import('./sign-in.ts')).signIn, options))
  program
    .command('migrate')
    .description('bring the database to this version')
    .action(async () => run((await import('./migrate.ts')).migrate, {}))
  program
    .command('backup')
    .description('copy the embedded database to a file, also while a server runs on it')
    .argument('<file>', 'the new file; the master key file is copied beside it')
    .action(async (file: string) => run((await import('./backup.ts')).backup, { file }))
  program
    .command('doctor')
    .description('check settings, database, clock and model')
    .action(async () => run((await import('./doctor.ts')).doctor, {}))
  addLaptopCommands(program, run)
  addKeys(program.command('keys').description('API keys of an account'), run)
  addAccounts(program.command('accounts').description('tenants, each with its own keys, jobs and webhooks'), run)
  program
    .command('version')
    .description('print the version')
    .action(() => run(printVersion, {}))
  return program
}

const printVersion: RunCommand = async ({ print }) => {
  print(VERSION)
  return EXIT_CODES.ok
}

interface AccountOption {
  readonly account?: string
}

const ACCOUNT_OPTION = ['--account <name>', 'the account (default: "default")'] as const

/** An option that can be given again. */
function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value]
}

/** Commands that talk to a server from anywhere, with a key. */
function addLaptopCommands(program: Command, run: Run): void {
  const remote = (name: string) =>
    program
      .command(name)
      .option('--server <url>', 'the Ringback server (default: RINGBACK_PUBLIC_URL, else http://localhost:4400)')
      .option('--api-key <key>', 'the key of the account (default: RINGBACK_API_KEY)')
      .option('--json', 'print JSON, for scripts')
  remote('listen')
    .description('get the deliveries of an account on this machine, as real signed requests')
    .requiredOption('--forward <url>', 'where to send them, such as http://localhost:3000/hook')
    .option('--webhook <id>', 'only what this webhook is told of, by id or name, signed like it')
    .option('--type <job type>', 'only jobs of this type, again for each', collect)
    .option(
      '--timeout <duration>',
      'how long that address may take, such as 5m (default: as the server gives webhooks)',
    )
    .option('--print', 'print the bodies too')
    .action(async (options: ListenOptions) => run((await import('./listen/listen.ts')).listen, options))
  remote('trigger')
    .description('send a sample of a job type to the webhooks and listeners of an account')
    .argument('<type>', 'any job type, such as content_translate')
    .option('--failed', 'the sample of a job that failed')
    .option('--webhook <id>', 'to this webhook alone, on or off, by id or name')
    .action(async (type: string, options: Omit<TriggerOptions, 'type'>) =>
      run((await import('./remote/trigger.ts')).trigger, { ...options, type }),
    )
  remote('resend')
    .description('make one attempt of a delivery now')
    .argument('<delivery>', 'its id, the webhook-id of its requests')
    .action(async (delivery: string, options: Omit<ResendOptions, 'delivery'>) =>
      run((await import('./remote/resend.ts')).resend, { ...options, delivery }),
    )
}

function addKeys(keys: Command, run: Run): void {
  keys
    .command('create')
    .description('make a key and print it, this once')
    .option(...ACCOUNT_OPTION)
    .option('--name <text>', 'what the key is for', 'command line')
    .option(
      '--scope <scope>',
      'what it may do, again for each (default: everything): jobs, read, manage, worker',
      collect,
    )
    .action(async (options: AccountOption & { name: string; scope?: string[] }) =>
      run((await import('./keys.ts')).createKey, options),
    )
  keys
    .command('list')
    .description('list the keys')
    .option(...ACCOUNT_OPTION)
    .action(async (options: AccountOption) => run((await import('./keys.ts')).listKeys, options))
  keys
    .command('revoke')
    .description('end a key')
    .argument('<id>', 'the id that list prints')
    .option(...ACCOUNT_OPTION)
    .action(async (id: string, options: AccountOption) =>
      run((await import('./keys.ts')).revokeKey, { ...options, id }),
    )
}

function addAccounts(accounts: Command, run: Run): void {
  accounts
    .command('create')
    .description('make an account')
    .argument('<name>', 'its name')
    .action(async (name: string) => run((await import('./accounts.ts')).createAccount, { name }))
  accounts
    .command('limit')
    .description('set how many requests an account may make in a minute')
    .argument('<name>', 'its name')
    .argument('<requests>', 'a number, or "default" for what the server allows everybody')
    .action(async (name: string, requests: string) =>
      run((await import('./accounts.ts')).limitAccount, { name, requests }),
    )
  accounts
    .command('list')
    .description('list the accounts')
    .action(async () => run((await import('./accounts.ts')).listAccounts, {}))
}
