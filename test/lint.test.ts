import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'ringback-lint-'))
cpSync(join(root, 'biome.json'), join(folder, 'biome.json'))
cpSync(join(root, 'scripts/lint'), join(folder, 'scripts/lint'), { recursive: true })
afterAll(() => rmSync(folder, { recursive: true }))

/** Lints a text as if it stood in this file of the repository. */
function lint(path: string, source: string): { passed: boolean; report: string } {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${source}\n`)
  const args = ['lint', '--vcs-enabled=false', '--colors=off', path]
  const biome = spawnSync('biome', args, { cwd: folder, encoding: 'utf8' })
  return { passed: biome.status === 0, report: biome.stdout + biome.stderr }
}

describe('time, chance and environment are parameters', () => {
  test.each([
    ['export const now = Date.now()', 'Take the time from a Clock'],
    ['export const clock = Date.now', 'Take the time from a Clock'],
    ['export const now = new Date()', 'Give Date a time that a Clock gave you'],
    ['export const start = performance.now()', 'Clock.monotonicMs'],
    ['export const chance = Math.random()', 'Take chance from a Random'],
    ['export const id = crypto.randomUUID()', 'Make ids with newId'],
    ["import { randomUUID } from 'node:crypto'\nexport const id = randomUUID()", 'Make ids with newId'],
    ['setTimeout(() => undefined, 1)', 'tests must be able to move time'],
    ['setInterval(() => undefined, 1)', 'tests must be able to move time'],
    ['globalThis.setTimeout(() => undefined, 1)', 'Wait with Clock.after'],
    ["import { setTimeout } from 'node:timers/promises'\nexport const wait = setTimeout(1)", 'Wait with Clock.after'],
    ['export const signal = AbortSignal.timeout(1)', 'Abort after Clock.after'],
    ['export const home = process.env.HOME', 'lint/style/noProcessEnv'],
    ["import { env } from 'node:process'\nexport const home = env.HOME", 'Only main.js knows the process'],
  ])('lint refuses %j in a room of the server', (source, message) => {
    const { passed, report } = lint('packages/server/src/jobs/runner.ts', source)
    expect(report).toContain(message)
    expect(passed).toBe(false)
  })

  test.each([
    ['packages/server/src/lib/clock.ts', 'export const now = Date.now()'],
    ['packages/server/src/main.js', 'export const home = process.env.HOME'],
    ['packages/server/src/jobs/runner.ts', 'export const epoch = new Date(0)'],
  ])('lint lets %s say %j', (path, source) => {
    expect(lint(path, source)).toEqual({ passed: true, report: expect.stringContaining('Checked 1 file') })
  })
})
