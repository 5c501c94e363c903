import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeFolder, run } from './child.ts'
import { blocks } from './readme.ts'

/** The promise of the issue that this package was made for: 4 kB. */
const GZIP_BYTES_MAX = 4_096

const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url))

/** A project that has installed the package as it would come from the registry. */
let project: string
let packed: readonly string[]
let remove: () => Promise<void>

beforeAll(async () => {
  const made = await makeFolder({ 'package.json': '{ "type": "module", "private": true }' })
  project = made.folder
  remove = made.remove
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: packageFolder })
  const [{ filename, files }] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [
    { filename: string; files: { path: string }[] },
  ]
  packed = files.map(({ path }) => path).sort()
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${filename}`], { cwd: project })
})
afterAll(async () => await remove())

const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
  exports: Record<string, { types: string; default: string }>
}

describe('the package', () => {
  test('has what is imported, the README and the licence, and neither sources nor tests', () => {
    const modulesPacked = packed.filter((path) => path.startsWith('dist/'))
    expect(packed.filter((path) => !path.startsWith('dist/'))).toEqual(['LICENSE', 'README.md', 'package.json'])
    expect(modulesPacked.filter((path) => !/\.(js|d\.ts)$/.test(path) || path.includes('.test.'))).toEqual([])
    for (const { types, default: code } of Object.values(manifest.exports)) {
      expect(modulesPacked).toEqual(expect.arrayContaining([types.slice(2), code.slice(2)]))
    }
  })

  test('installs nothing else', async () => {
    const { stdout } = await run('npm', ['ls', '--all', '--parseable'], { cwd: project })
    expect(stdout.trim().split('\n').slice(1)).toEqual([join(project, 'node_modules/@ringback/receiver')])
  })

  test('can be imported by each of its names', async () => {
    const names = Object.keys(manifest.exports).map((name) => name.replace('.', '@ringback/receiver'))
    const code = `for (const name of ${JSON.stringify(names)}) console.log(Object.keys(await import(name)).join())`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: project })
    expect(stdout.trim().split('\n')).toEqual([
      'WebhookVerificationError,createMemoryStore,createReceiver,verify',
      'nodeHandler',
      'expressHandler',
      'fastifyHandler,fastifyReceiver',
      'honoHandler',
      'nextHandler,nextPagesHandler',
      'lambdaHandler',
    ])
  })

  test(`adds at most ${GZIP_BYTES_MAX} bytes to a bundle, minified and gzipped, and uses nothing of Node`, async () => {
    const input = join(project, 'node_modules/@ringback/receiver/dist/index.js')
    const bundle = await rolldown({ input, platform: 'neutral', external: () => false })
    const { output } = await bundle.generate({ format: 'esm', minify: true })
    expect(output).toHaveLength(1)
    expect(output[0].imports).toEqual([])
    expect(gzipSync(output[0].code).length).toBeLessThanOrEqual(GZIP_BYTES_MAX)
  })
})

describe('a project that uses it', () => {
  const compile = async (files: Record<string, string>, options: object) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(project, name)), { recursive: true })
      writeFileSync(join(project, name), text)
    }
    const base = { target: 'es2022', strict: true, noEmit: true, skipLibCheck: false, types: [] }
    const compilerOptions = { ...base, ...options }
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: Object.keys(files) }))
    const tsc = join(modules, '.bin/tsc')
    return await run(tsc, ['-p', '.'], { cwd: project }).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    )
  }

  const narrowing = `import type { WebhookEvent } from '@ringback/receiver'
    export function read(event: WebhookEvent): string {
      if (event.status === 'failed') return event.error.code
      if (event.status === 'success') return event.id
      return event.data.url ?? event.type
    }
    export function wrong(event: WebhookEvent): string {
      // @ts-expect-error only a failed job has an error
      return event.error.code
    }`

  test('is checked with the types of the browser alone, and events are narrowed', async () => {
    const web = `import { createReceiver } from '@ringback/receiver'
      import { honoHandler } from '@ringback/receiver/hono'
      import { lambdaHandler } from '@ringback/receiver/lambda'
      import { read } from './narrowing'
      const receiver = createReceiver({ secret: ['a', 'b'], onEvent: (event) => read(event) })
      export const handlers = [honoHandler(receiver), lambdaHandler(receiver), receiver.fetch]`
    const options = {
      module: 'esnext',
      moduleResolution: 'bundler',
      lib: ['es2022', 'dom'],
      exactOptionalPropertyTypes: true,
    }
    expect(await compile({ 'narrowing.ts': narrowing, 'web.ts': web }, options)).toBe('')
  })

  test('is checked with all of README.md, and the types of the frameworks', async () => {
    for (const name of ['express', 'fastify', 'hono', 'pg', 'redis', '@types']) {
      symlinkSync(join(modules, name), join(project, 'node_modules', name))
    }
    const next = "declare module 'next/server' { export function after(task: Promise<unknown>): void }"
    const receiver = blocks.find(({ code }) => code.includes('export const receiver')) as { code: string }
    const files = Object.fromEntries(blocks.map(({ code }, index) => [`block-${index}.ts`, code]))
    const options = {
      ...{ module: 'nodenext', target: 'es2024', types: ['node'], skipLibCheck: true },
      ...{ allowImportingTsExtensions: true },
    }
    expect(await compile({ ...files, 'receiver.ts': receiver.code, 'next.d.ts': next }, options)).toBe('')
    expect(blocks.length).toBeGreaterThan(10)
  })
})
