import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../lib/clock.ts'
import { openDashboardFiles } from './dashboard-files.ts'

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url))

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ringback-dashboard-'))
  cpSync(join(REPOSITORY, 'package-lock.json'), join(root, 'package-lock.json'))
  cpSync(join(REPOSITORY, 'packages/contract/src'), join(root, 'packages/contract/src'), { recursive: true })
  for (const folder of ['src', 'public']) mkdirSync(join(root, 'packages/dashboard', folder), { recursive: true })
  writeFileSync(join(root, 'packages/dashboard/src/main.tsx'), 'export {}')
  for (const file of ['index.html', 'vite.config.ts']) writeFileSync(join(root, 'packages/dashboard', file), '')
  writeScript("await writeFile(join(folder, 'index.html'), 'built')")
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** A build that is over at once: what Vite makes is looked at by the tests of the pages. */
function writeScript(body: string): void {
  const head = `import { mkdir, writeFile } from 'node:fs/promises'
    import { join } from 'node:path'
    const folder = process.argv[2]
    await mkdir(folder, { recursive: true })`
  writeFileSync(join(root, 'packages/dashboard/build.ts'), `${head}\n${body}\n`)
}

const open = (onBuilt?: (durationMs: number) => void) =>
  openDashboardFiles({ clock: systemClock, root, ...(onBuilt && { onBuilt }) })
const builds = () => readdirSync(join(root, 'packages/dashboard/dist'))

test('files that are missing are built, and built files are found again without a build', async () => {
  const onBuilt = vi.fn()
  const first = open(onBuilt)
  expect(await first.current()).toEqual({ state: 'building' })
  const built = await first.settled()
  expect(built).toMatchObject({ state: 'ready' })
  expect(await first.current()).toEqual(built)
  expect(await open(onBuilt).current()).toEqual(built)
  expect(onBuilt).toHaveBeenCalledOnce()
})

test('files older than their sources are built anew, and the old ones are removed', async () => {
  const old = await open().settled()
  writeFileSync(join(root, 'packages/dashboard/src/main.tsx'), 'export const changed = true')
  const built = await open().settled()
  expect(built).not.toEqual(old)
  expect(builds()).toHaveLength(1)
})

test('several processes that build at once leave one complete build', async () => {
  const ends = await Promise.all([open().settled(), open().settled(), open().settled()])
  const [folder] = builds()
  expect(builds()).toHaveLength(1)
  for (const end of ends)
    expect(end).toEqual({ state: 'ready', folder: join(root, 'packages/dashboard/dist', folder ?? '') })
})

test('a build that fails says why, and leaves nothing that looks like one', async () => {
  writeScript("throw new Error('no such module')")
  const files = open()
  expect(await files.settled()).toEqual({ state: 'failed', reason: expect.stringContaining('no such module') })
  expect(await files.current()).toMatchObject({ state: 'failed' })
  expect(builds()).toEqual([])
})

test('a build that is stopped ends', async () => {
  writeScript('await new Promise((resolve) => setTimeout(resolve, 60_000))')
  const files = open()
  await files.current()
  files.stop()
  expect(await files.settled()).toMatchObject({ state: 'failed' })
  expect(existsSync(join(root, 'packages/dashboard/dist'))).toBe(true)
})

test('without its sources the dashboard is not there, and says so', async () => {
  rmSync(join(root, 'packages/dashboard/src'), { recursive: true })
  symlinkSync('/nowhere', join(root, 'packages/dashboard/src'))
  expect(await open().current()).toMatchObject({ state: 'failed' })
})
