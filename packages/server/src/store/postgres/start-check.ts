import { Client } from 'pg'
import { EXIT_CODES, messageOf, StartError } from '../../lib/errors.ts'
import { connectionOptions } from './database.ts'

/** PostgreSQL 15, as `server_version_num` writes it: the oldest that its makers still mend when this was written. */
const SERVER_VERSION_MIN = 150_000

/**
 * Connects once, looks at the server, runs `work` (the migrations) on that connection and closes it. Gives what it gives.
 * @throws StartError `unavailable` when the server cannot be reached, does not let us in, or is too old
 */
export async function withFirstConnection<Result>(
  url: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = await connect(url)
  // An error of a connection that nobody waits for would otherwise end the process.
  client.on('error', () => {})
  try {
    await checkVersion(client)
    return await work(client)
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(EXIT_CODES.unavailable, [`${describeServer(client)}: ${reasonOf(error)}`], error)
  } finally {
    await client.end().catch(() => {})
  }
}

async function connect(url: string): Promise<Client> {
  let client: Client
  try {
    client = new Client(connectionOptions(url))
  } catch (error) {
    throw new StartError(EXIT_CODES.config, [`RINGBACK_DATABASE_URL cannot be read: ${messageOf(error)}`])
  }
  try {
    await client.connect()
  } catch (error) {
    void client.end().catch(() => {})
    const problem = `${describeServer(client)} cannot be used: ${reasonOf(error)}; check RINGBACK_DATABASE_URL`
    throw new StartError(EXIT_CODES.unavailable, [problem], error)
  }
  return client
}

async function checkVersion(client: Client): Promise<void> {
  const { rows } = await client.query<{ number: number; name: string }>(
    `select current_setting('server_version_num')::integer as number, current_setting('server_version') as name`,
  )
  const problem = rows[0] && versionProblem(rows[0].number, rows[0].name)
  if (problem) throw new StartError(EXIT_CODES.unavailable, [`${describeServer(client)} ${problem}`])
}

/** What is wrong with a server's version (`server_version_num` and `server_version`); null when nothing is. */
export function versionProblem(number: number, name: string): string | null {
  return number >= SERVER_VERSION_MIN ? null : `is version ${name}; Ringback needs PostgreSQL 15 or newer`
}

/** Everything people need to find a mistake in the URL, and never the password. */
function describeServer({ host, port, database, user }: Client): string {
  return `the database "${database}" at ${host}:${port} (user "${user}")`
}

/** A name with several addresses fails with one error for each, and no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ')
  return messageOf(error)
}
