import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { systemClock } from '../../lib/clock.ts'
import { EXIT_CODES } from '../../lib/errors.ts'
import { expectUpgraded, OLD_ROWS } from '../conformance/upgrade.ts'
import { readMigrations } from '../migrations.ts'
import { openDatabase } from './database.ts'
import { openSqliteStore } from './sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'ringback-upgrade-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a database of the first version is taken over with all that waits in it', async () => {
  const file = join(folder, 'old.db')
  const [initial] = readMigrations(new URL('./migrations/', import.meta.url))
  if (!initial) throw new Error('there is no first migration')
  const database = openDatabase(file)
  database.exec(`${initial.sql}
    create table schema_migrations (version integer primary key, name text, hash text, applied_at integer) strict;
    insert into schema_migrations values (1, '${initial.name}', '${initial.hash}', 0);
    ${OLD_ROWS}`)
  database.close()

  // Somebody looks at it all the while: the command line of the version before.
  const onlooker = openDatabase(file)
  const misspell = `update jobs set status = 'sucess'`
  expect(() => onlooker.exec(misspell)).toThrow(`status in ('new', 'pending', 'success', 'failed')`)

  // A command that is not for it leaves the old version its schema.
  const refused = openSqliteStore({ file, clock: systemClock, mayUpgrade: false })
  await expect(refused).rejects.toMatchObject({ exitCode: EXIT_CODES.olderDatabase })
  expect(() => onlooker.exec(misspell)).toThrow(`status in ('new', 'pending', 'success', 'failed')`)

  const store = await openSqliteStore({ file, clock: systemClock })
  await expectUpgraded(store)
  await store.close()

  expect(() => onlooker.exec(misspell)).toThrow(`status = 'new' or status = 'pending' or status = 'success'`)
  expect(() => onlooker.exec(`update sqlite_schema set sql = ''`)).toThrow('may not be modified')
  onlooker.close()

  const upgraded = openDatabase(file)
  expect(upgraded.query('pragma foreign_key_check', [])).toEqual([])
  expect(upgraded.query('pragma integrity_check', [])).toEqual([{ integrity_check: 'ok' }])
  expect(() => upgraded.exec(`update sqlite_schema set sql = ''`)).toThrow('may not be modified')
  upgraded.close()
})
