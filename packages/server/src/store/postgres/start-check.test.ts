import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { describePostgres } from '../../../test/harness/describe-postgres.ts'
import { systemClock } from '../../lib/clock.ts'
import { EXIT_CODES, StartError } from '../../lib/errors.ts'
import { openPostgresStore } from './postgres.ts'
import { versionProblem } from './start-check.ts'

async function refusal(url: string): Promise<StartError> {
  const refused = await openPostgresStore({ url, clock: systemClock }).catch((error: unknown) => error)
  if (refused instanceof StartError) return refused
  throw new Error('the store opened')
}

test('a server that does not answer is one readable problem, without the password', async () => {
  const refused = await refusal('postgres://me:geheim@127.0.0.1:1/ringback')
  expect(refused.exitCode).toBe(EXIT_CODES.unavailable)
  expect(refused.problems).toEqual([
    'the database "ringback" at 127.0.0.1:1 (user "me") cannot be used: connect ECONNREFUSED 127.0.0.1:1; ' +
      'check RINGBACK_DATABASE_URL',
  ])
})

test('a name with several addresses says what went wrong with each', async () => {
  const refused = await refusal('postgres://me:geheim@localhost:1/ringback')
  expect(refused.message).toContain('ECONNREFUSED')
  expect(refused.message).not.toContain('geheim')
})

test('a server that is no PostgreSQL is refused', async () => {
  const server = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const refused = await refusal(`postgres://me:geheim@127.0.0.1:${port}/ringback`)
  expect(refused.exitCode).toBe(EXIT_CODES.unavailable)
  expect(refused.message).not.toContain('geheim')
  await new Promise((resolve) => server.close(resolve))
})

test.each([
  [140_012, '14.12', 'is version 14.12; Ringback needs PostgreSQL 15 or newer'],
  [150_000, '15.0', null],
  [180_004, '18.4', null],
])('server version %i is judged by what our statements need', (number, name, problem) => {
  expect(versionProblem(number, name)).toBe(problem)
})

describePostgres('a PostgreSQL that does not let us in', (adminUrl) => {
  const changed = (change: (url: URL) => void): string => {
    const url = new URL(adminUrl)
    change(url)
    return url.href
  }

  test('a wrong password is said, and not shown', async () => {
    const refused = await refusal(changed((url) => (url.password = 'geheim')))
    expect(refused.exitCode).toBe(EXIT_CODES.unavailable)
    expect(refused.problems).toEqual([expect.stringContaining('password authentication failed for user "postgres"')])
    expect(refused.message).not.toContain('geheim')
  })

  test('a database that does not exist is said', async () => {
    const refused = await refusal(changed((url) => (url.pathname = '/nowhere')))
    expect(refused.problems).toEqual([expect.stringContaining('database "nowhere" does not exist')])
    expect(refused.message).not.toContain(new URL(adminUrl).password)
  })
})
