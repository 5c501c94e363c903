import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EXIT_CODES, StartError } from '../lib/errors.ts'
import { type Migration, planMigrations, readMigrations } from './migrations.ts'

describe('reading', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ringback-migrations-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const read = () => readMigrations(pathToFileURL(`${folder}/`))

  test('migrations come in the order of their numbers', () => {
    writeFileSync(join(folder, '0002_more.sql'), 'select 2')
    writeFileSync(join(folder, '0001_initial.sql'), 'select 1')
    expect(read().map(({ version, name, sql }) => [version, name, sql])).toEqual([
      [1, '0001_initial', 'select 1'],
      [2, '0002_more', 'select 2'],
    ])
  })

  test('line ends do not change the hash, anything else does', () => {
    writeFileSync(join(folder, '0001_initial.sql'), 'select 1;\nselect 2;\n')
    const [unix] = read()
    writeFileSync(join(folder, '0001_initial.sql'), 'select 1;\r\nselect 2;\r\n')
    expect(read()[0]?.hash).toBe(unix?.hash)
    writeFileSync(join(folder, '0001_initial.sql'), 'select 1;\nselect 3;\n')
    expect(read()[0]?.hash).not.toBe(unix?.hash)
  })

  test('a double number and a foreign file name are refused', () => {
    writeFileSync(join(folder, '0001_initial.sql'), '')
    writeFileSync(join(folder, '0001_other.sql'), '')
    expect(read).toThrow('0001_other has a number that is taken')
    writeFileSync(join(folder, 'notes.txt'), '')
    expect(read).toThrow('notes.txt is not named like a migration')
  })

  test.each(['postgres', 'sqlite'])('the %s schema has a first migration', (engine) => {
    expect(readMigrations(new URL(`./${engine}/migrations/`, import.meta.url))[0]?.name).toBe('0001_initial')
  })
})

describe('planning', () => {
  const step = (version: number): Migration => ({
    version,
    name: `000${version}_step`,
    sql: '',
    hash: `hash ${version}`,
  })
  const startError = (run: () => unknown): StartError => {
    try {
      run()
    } catch (error) {
      if (error instanceof StartError) return error
    }
    throw new Error('no StartError was thrown')
  }

  test('an empty database gets all, an old one the rest, a current one nothing', () => {
    const known = [step(1), step(2), step(3)]
    expect(planMigrations(known, [])).toEqual(known)
    expect(planMigrations(known, [step(2), step(1)])).toEqual([step(3)])
    expect(planMigrations(known, known)).toEqual([])
  })

  test('a command that is not for upgrades takes an empty database and a current one, and names what an old one lacks', () => {
    const known = [step(1), step(2)]
    expect(planMigrations(known, [], false)).toEqual(known)
    expect(planMigrations(known, known, false)).toEqual([])
    const error = startError(() => planMigrations(known, [step(1)], false))
    expect(error.exitCode).toBe(EXIT_CODES.olderDatabase)
    expect(error.message).toContain('0002_step')
  })

  test('a database with a step that this program does not know is refused as newer', () => {
    const error = startError(() => planMigrations([step(1)], [step(1), step(2)]))
    expect(error.exitCode).toBe(EXIT_CODES.newerDatabase)
    expect(error.message).toContain('0002_step')
  })

  test('a released step that was changed is refused', () => {
    const error = startError(() => planMigrations([step(1), step(2)], [{ ...step(1), hash: 'other' }]))
    expect(error.exitCode).toBe(EXIT_CODES.unexpected)
    expect(error.message).toContain('0001_step')
  })
})
