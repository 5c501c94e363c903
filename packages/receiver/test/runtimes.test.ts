import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder, run } from './child.ts'
import { findRuntimes } from './runtimes.ts'
import { receiversFolder, vectors } from './vectors.ts'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const check = fileURLToPath(new URL('./runtime-check.js', import.meta.url))
const tsc = fileURLToPath(new URL('../../../node_modules/.bin/tsc', import.meta.url))

/** A project with the built package. */
let project: string
let remove: () => Promise<void>

beforeAll(async () => {
  const made = await makeFolder({ 'package.json': '{ "type": "module" }' })
  project = made.folder
  remove = made.remove
  const installed = join(project, 'node_modules/@ringback/receiver')
  mkdirSync(installed, { recursive: true })
  copyFileSync(join(packageFolder, 'package.json'), join(installed, 'package.json'))
  copyFileSync(check, join(project, 'check.js'))
  await run(tsc, ['-p', 'tsconfig.build.json', '--outDir', join(installed, 'dist')], { cwd: packageFolder })
})
afterAll(async () => await remove())

/** The server of its own that a runtime has beside `node:http`. */
const OWN_SERVER: Readonly<Record<string, string>> = { Deno: ', Deno.serve', Bun: ', Bun.serve' }

test.for(findRuntimes())('$name judges every shared case, and receives', async ({ name, command }, context) => {
  if (!command) {
    const reason = `skipped: ${name} is not installed here (npm run runtimes brings it)`
    // The reporter counts skipped tests but prints no reason.
    console.warn(reason)
    context.skip(reason)
    return
  }
  const [program = '', ...options] = command
  const { stdout } = await run(program, [...options, 'check.js', `${receiversFolder}vectors.json`], { cwd: project })
  expect(stdout.trim()).toBe(`${vectors.cases.length} cases, node:http${OWN_SERVER[name] ?? ''}`)
})
