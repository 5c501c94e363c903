import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { EXIT_CODES } from '../lib/errors.ts'
import { masterKeyFile, readOrCreateMasterKey } from './master-key-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'ringback-key-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('many starts at once agree on one whole key, and leave nothing else behind', async () => {
  for (let round = 0; round < 20; round++) {
    const file = masterKeyFile(join(folder, `${round}.db`))
    const keys = await Promise.all(Array.from({ length: 20 }, () => readOrCreateMasterKey(file)))
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(readFileSync(file, 'utf8')).toBe(`${keys[0]}\n`)
  }
  expect(readdirSync(folder).filter((name) => !name.endsWith('.db.key'))).toEqual([])
})

test('only the owner can read the file, also when it was given away before', async () => {
  const file = join(folder, 'given-away.key')
  writeFileSync(file, 'a key\n', { mode: 0o644 })
  expect(await readOrCreateMasterKey(file)).toBe('a key')
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a folder that is not there is a start error that names the setting to use instead', async () => {
  await expect(readOrCreateMasterKey(join(folder, 'missing', 'x.key'))).rejects.toMatchObject({
    exitCode: EXIT_CODES.config,
    message: expect.stringContaining('RINGBACK_MASTER_KEY'),
  })
})
