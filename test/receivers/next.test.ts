import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest'
import { run } from '../../packages/receiver/test/child.ts'
import { blocks } from '../../packages/receiver/test/readme.ts'
import { nextFolder } from '../../packages/receiver/test/runtimes.ts'
import { freePort } from '../../packages/server/test/harness/ringback.ts'
import { killAllPrograms, need, type Program, startProgram } from './harness/program.ts'
import { expectReceives } from './harness/receives.ts'
import { SECRET } from './harness/suite.ts'

const packageFolder = fileURLToPath(new URL('../../packages/receiver', import.meta.url))
const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url))
const NEXT = join(nextFolder, 'node_modules/next/dist/bin/next')
const hasNext = existsSync(NEXT)
const needsNext = (context: TestContext) =>
  need(context, hasNext, 'Next.js is not installed here (npm run runtimes brings it)')

const RECEIVER = `import { createReceiver } from '@ringback/receiver'
export const receiver = createReceiver({
  secret: () => process.env.WEBHOOK_SECRET,
  onEvent: (event) => console.log(JSON.stringify(event)),
})
`

/** The blocks of the library's README as the files of a real application of Next.js, which finds Next above its folder. */
describe('packages/receiver/README.md in Next.js', () => {
  let folder: string
  let program: Program
  let port: number
  beforeAll(async () => {
    if (!hasNext) return
    folder = mkdtempSync(join(nextFolder, 'app-'))
    const library = join(folder, 'node_modules/@ringback/receiver')
    mkdirSync(library, { recursive: true })
    cpSync(join(packageFolder, 'package.json'), join(library, 'package.json'))
    await run(tsc, ['-p', 'tsconfig.build.json', '--outDir', join(library, 'dist')], { cwd: packageFolder })
    const routes = blocks.filter(({ heading }) => heading === 'Next.js').map(({ code }) => code)
    expect(routes).toHaveLength(2)
    for (const code of routes) {
      // Without TypeScript, of which Next.js wants a version of its own; the blocks are typed by another test.
      const name = /^\/\/ (\S+)\.ts$/m.exec(code)?.[1] ?? ''
      const file = join(folder, `${name}.js`)
      // Files beside an API route would be routes themselves.
      const from = file.includes('/pages/') ? '../../receiver.js' : './receiver.js'
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, code.replace('./receiver.ts', from))
      writeFileSync(join(dirname(file), from), RECEIVER)
    }
    // The two routers may not share an address.
    cpSync(join(folder, 'pages/api/webhook.js'), join(folder, 'pages/api/old-webhook.js'))
    rmSync(join(folder, 'pages/api/webhook.js'))

    port = await freePort()
    const env = { WEBHOOK_SECRET: SECRET, NEXT_TELEMETRY_DISABLED: '1', PWD: folder }
    program = startProgram(process.execPath, [NEXT, 'dev', folder, '-H', '127.0.0.1', '-p', String(port)], env)
    await program.listens(port)
  })
  afterAll(async () => {
    await killAllPrograms()
    if (folder) rmSync(folder, { recursive: true, force: true })
  })

  test.for([
    ['a route handler', '/api/webhook'],
    ['an API route', '/api/old-webhook'],
  ] as const)('%s: refuses what is not signed, and prints a real delivery', async ([, path], context) => {
    needsNext(context)
    // First, since Next.js compiles a route when it is first called, and a delivery has a deadline.
    const bare = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: '{}' })
    expect([bare.status, await bare.text()]).toEqual([401, 'signature.missing'])
    await expectReceives(program, port, path)
  })
})
