import { afterEach, expect, test } from 'vitest'
import { queryDatabase } from './harness/query-database.ts'
import { callApi, describeEngines, TEST_MASTER_KEY } from './harness/ringback.ts'
import { killAllPrograms, startProgram, startServer } from './harness/server-process.ts'
import { useEngineDatabase } from './harness/use-database.ts'

// Not with the other starts: twenty programs at once leave two cores with time for nothing else.

/** Starts at once: what a supervisor with many replicas does after a deployment. */
const STARTS = 20

/** Whole servers at once; each costs four times the time of a migration. */
const SERVERS = 4

describeEngines('many starts at once on an empty database', (createDatabase) => {
  const database = useEngineDatabase(() => createDatabase({ isEmpty: true }))
  afterEach(killAllPrograms)

  test('twenty of them all find it complete, and one has made it', async () => {
    const ends = await Promise.all(Array.from({ length: STARTS }, () => startProgram(['migrate'], database.env).ended))
    for (const { code, stderr } of ends) expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const migrations = await queryDatabase(database, 'select version from schema_migrations order by version')
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1))
    expect(await queryDatabase(database, 'select id from jobs')).toEqual([])
  })

  test('servers all come up and share one account, its keys and one master key', async () => {
    const env = { ...database.env, RINGBACK_MASTER_KEY: database.engine === 'sqlite' ? '' : TEST_MASTER_KEY }
    const servers = Array.from({ length: SERVERS }, () => startServer(env))
    const origins = await Promise.all(servers.map((server) => server.ready()))
    const keys = servers.flatMap((server) => /API key {2}(\S+)/.exec(server.output().stdout)?.[1] ?? [])
    expect(keys.length).toBeGreaterThan(0)
    for (const key of keys) {
      for (const origin of origins) expect((await callApi(origin, key, 'GET', '/api/v1/quota')).status).toBe(200)
    }
    expect(await queryDatabase(database, 'select id from accounts')).toHaveLength(1)
    // `default` and `operational`.
    expect(await queryDatabase(database, 'select id from webhooks')).toHaveLength(2)
    for (const server of servers) expect(await server.stop()).toMatchObject({ code: 0, stderr: '' })
  })
})
