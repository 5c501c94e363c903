import { readFileSync } from 'node:fs'
import { truncate } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startModelServer } from '../../server/test/harness/model-server.ts'
import { createSqliteDatabase, freePort, startRingback } from '../../server/test/harness/ringback.ts'
import { USER_AGENT } from '../src/transport.ts'
import { addReceiver, createProject, type Project, packageFolder, run } from './project.ts'

/** What README.md promises. */
const GZIP_BYTES_MAX = 6.5 * 1_024

/** How much more memory a large upload may take than a small one, in MB: buffers that were not collected yet. Measured: 40. */
const UPLOAD_MB_MAX = 100
const LARGE_MB = 300

let project: Project
beforeAll(async () => {
  project = await createProject()
  await addReceiver(project)
})
afterAll(async () => await project.remove())

const readText = (name: string) => readFileSync(join(packageFolder, name), 'utf8')
const manifest = JSON.parse(readText('package.json')) as {
  version: string
  exports: Record<string, { types: string; default: string }>
}
const EXAMPLES = ['translate.ts', 'upload.ts', 'webhook.ts'] as const

describe('the package', () => {
  test('has what is imported, the README and the licence, and neither sources nor tests', () => {
    const modules = project.packed.filter((path) => path.startsWith('dist/'))
    expect(project.packed.filter((path) => !path.startsWith('dist/'))).toEqual(['LICENSE', 'README.md', 'package.json'])
    expect(modules.filter((path) => !/\.(js|d\.ts)$/.test(path) || path.includes('.test.'))).toEqual([])
    for (const { types, default: code } of Object.values(manifest.exports)) {
      expect(modules).toEqual(expect.arrayContaining([types.slice(2), code.slice(2)]))
    }
  })

  test('says its version in the User-Agent', () => {
    expect(USER_AGENT).toBe(`RingbackClient/${manifest.version}`)
  })

  test('can be imported by each of its names, and depends on nothing', async () => {
    const names = Object.keys(manifest.exports).map((name) => name.replace('.', '@ringback/client'))
    const code = `for (const name of ${JSON.stringify(names)}) console.log(Object.keys(await import(name)).join())`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: project.folder })
    const errors = [
      'Api',
      'Auth',
      '',
      'Connection',
      '',
      'JobFailed',
      'RateLimit',
      'Request',
      'Response',
      'Server',
      'Timeout',
    ]
    const expected = new Set([...errors.map((family) => `Ringback${family}Error`), 'RingbackClient', 'createJobWaiter'])
    const [main = '', node] = stdout.trim().split('\n')
    expect(new Set(main.split(','))).toEqual(expected)
    expect(node).toBe('fileFromPath')
    expect(manifest).not.toHaveProperty('dependencies')
  })

  test(`adds at most ${GZIP_BYTES_MAX} bytes to a bundle, minified and gzipped, and uses nothing of Node`, async () => {
    const input = join(project.folder, 'node_modules/@ringback/client/dist/index.js')
    const bundle = await rolldown({ input, platform: 'neutral', external: () => false })
    const { output } = await bundle.generate({ format: 'esm', minify: true })
    expect(output).toHaveLength(1)
    expect(output[0].imports).toEqual([])
    expect(gzipSync(output[0].code).length).toBeLessThanOrEqual(GZIP_BYTES_MAX)
  })

  test('a project is checked with it by the types of the browser alone, with libraries checked too', async () => {
    const code = `import { createJobWaiter, RingbackClient, type ContentTranslateResult } from '@ringback/client'
      const client = new RingbackClient({ baseUrl: 'http://localhost:4400', apiKey: 'key', fetch })
      const waiter = createJobWaiter({ client })
      const job = await client.content.translate({ content: 'x', language: 'German' })
      export const results: ContentTranslateResult[] = [await client.wait(job), await waiter.wait(job)]
      // @ts-expect-error language is required
      await client.content.translate({ content: 'x' })
      await client.hr.parseResume({ file: { name: 'cv.pdf', data: new Uint8Array() } })`
    await project.write({ 'web.ts': code })
    const lib = ['es2022', 'dom', 'dom.iterable']
    const options = { module: 'esnext', moduleResolution: 'bundler', lib, exactOptionalPropertyTypes: true }
    expect(await project.compile(['web.ts'], options)).toBe('')
  })

  test('the examples and all of README.md compile with it', async () => {
    const blocks = [...readText('README.md').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code)
    expect(blocks.length).toBeGreaterThan(4)
    const files = Object.fromEntries([
      ...blocks.map((code, index) => [`readme-${index}.ts`, code]),
      ...EXAMPLES.map((name) => [name, readText(`examples/${name}`)]),
    ])
    await project.write(files)
    const checked = { module: 'nodenext', target: 'es2024', types: ['node'], skipLibCheck: true }
    expect(await project.compile(Object.keys(files), { ...checked, allowImportingTsExtensions: true })).toBe('')
  })
})

describe('the examples, against a server', () => {
  test('run, and so does the first block of README.md', async () => {
    const database = await createSqliteDatabase()
    const model = await startModelServer()
    const ringback = await startRingback(database, {
      env: { RINGBACK_MODEL: 'compatible/local', RINGBACK_MODEL_BASE_URL: model.baseUrl },
    })
    const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
    expect((await ringback.call('PATCH', '/api/v1/webhooks/default', { secret, include_result: true })).status).toBe(
      200,
    )
    const port = await freePort()
    const env = {
      ...process.env,
      RINGBACK_URL: ringback.app.origin,
      RINGBACK_API_KEY: ringback.key,
      WEBHOOK_SECRET: secret,
      WEBHOOK_URL: `http://127.0.0.1:${port}/`,
      PORT: String(port),
    }
    const [, first = ''] = /^```ts\n(.*?)^```$/ms.exec(readText('README.md')) ?? []
    await project.write({
      ...Object.fromEntries(EXAMPLES.map((name) => [name, readText(`examples/${name}`)])),
      'first.ts': `${first.replace('http://localhost:4400', ringback.app.origin)}\nconsole.log(content)`,
      'cv.txt': 'Anna Smith\nWelder at Steel Ltd since 1999',
      'cv.png': 'no picture at all',
    })
    const output = async (...names: string[]) =>
      (await run(process.execPath, names, { cwd: project.folder, env })).stdout.trim()
    expect(await output('first.ts')).toBe('a content')
    expect(await output('translate.ts')).toBe('accepted: content_translate\na from_language to German: a content')
    expect(await output('upload.ts', 'cv.txt')).toBe('a candidate_name, 1 position(s)')
    expect(await output('upload.ts', 'cv.png')).toBe('refused: document.not_accepted')
    expect(await output('webhook.ts')).toBe('a keywords')
    await ringback.stop()
    await model.close()
    await database.drop()
  })

  test('a large file is sent whole, in pieces, and takes no memory', async () => {
    const received: number[] = []
    const server = createServer(async (request, response) => {
      let bytes = 0
      for await (const chunk of request) bytes += chunk.length
      received.push(bytes)
      response.writeHead(202, { 'content-type': 'application/json' }).end('{"job_id":"1","status_url":"http://x/y"}')
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const code = `import { RingbackClient } from '@ringback/client'
      import { fileFromPath } from '@ringback/client/node'
      const client = new RingbackClient({ baseUrl: '${origin}', apiKey: 'key' })
      await client.finance.parseInvoice({ file: await fileFromPath(process.argv[2], { type: 'application/pdf' }) })
      console.log(process.resourceUsage().maxRSS / 1_024)`
    await project.write({ 'send.js': code, 'small.pdf': '', 'large.pdf': '' })
    const usedMb: number[] = []
    for (const [name, megabytes] of [
      ['small.pdf', 1],
      ['large.pdf', LARGE_MB],
    ] as const) {
      await truncate(join(project.folder, name), megabytes * 2 ** 20)
      const { stdout } = await run(process.execPath, ['send.js', name], { cwd: project.folder })
      usedMb.push(Number(stdout))
    }
    const [small = 0, large = Number.POSITIVE_INFINITY] = usedMb
    expect(received.map((bytes) => Math.floor(bytes / 2 ** 20))).toEqual([1, LARGE_MB])
    expect(large - small).toBeLessThan(UPLOAD_MB_MAX)
    await new Promise((resolve) => server.close(resolve))
  })
})
