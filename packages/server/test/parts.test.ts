import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EXIT_CODES } from '../src/lib/errors.ts'
import { createLog } from '../src/lib/log.ts'
import { createSqliteDatabase, type EngineDatabase, startRingback } from './harness/ringback.ts'

// The architecture of a process: of which parts it is made, and in which order they start and stop.

/** Each needs what is above it. */
const PARTS = [
  'port',
  'storage',
  'lease',
  'tasks',
  'courier',
  'runner',
  'wake-ups',
  'http',
  'documents',
  'idempotency keys',
  'retention',
  'listeners',
  'workers',
  'waits',
  'warm-up',
]

let database: EngineDatabase
let events: { part: string; msg: string }[]
const log = () =>
  createLog('debug', {
    write(line) {
      const event = JSON.parse(line)
      if (event.part) events.push(event)
    },
  })
const partsThat = (msg: string) => events.filter((event) => event.msg === msg).map(({ part }) => part)

beforeEach(async () => {
  events = []
  database = await createSqliteDatabase()
})
afterEach(() => database.drop())

test('parts start in the order in which they need each other, and stop in the opposite one', async () => {
  const ringback = await startRingback(database, { log: log() })
  expect(partsThat('part started')).toEqual(PARTS)
  expect(partsThat('part stopped')).toEqual([])
  await ringback.stop()
  expect(partsThat('part stopped')).toEqual(PARTS.toReversed())
})

test('a process that runs no jobs sweeps no documents', async () => {
  const ringback = await startRingback(database, { log: log(), env: { RINGBACK_ROLES: 'api,courier' } })
  await ringback.stop()
  expect(partsThat('part started')).toEqual(PARTS.filter((part) => part !== 'documents'))
})

test('a start that finds its port in use stops every part again, and leaves a database that the next one can use', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  const start = startRingback(database, { log: log(), env: { RINGBACK_PORT: String(port) } })
  await expect(start).rejects.toMatchObject({ exitCode: EXIT_CODES.unavailable })
  await new Promise((resolve) => other.close(resolve))
  expect(partsThat('part started')).toEqual(PARTS.slice(0, PARTS.indexOf('http')))
  expect(partsThat('part stopped')).toEqual(PARTS.toReversed())
  const ringback = await startRingback(database)
  expect((await ringback.call('GET', '/api/v1/quota')).status).toBe(200)
  await ringback.stop()
})

test('a start that cannot read the secrets of its database closes what it opened, and only that', async () => {
  await (await startRingback(database)).stop()
  const env = { RINGBACK_MASTER_KEY: Buffer.alloc(32, 8).toString('base64') }
  await expect(startRingback(database, { log: log(), env })).rejects.toMatchObject({ exitCode: EXIT_CODES.config })
  expect(events.map(({ part, msg }) => `${part}: ${msg}`)).toEqual(['port: part stopped'])
})
