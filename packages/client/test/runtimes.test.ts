import { cpSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findRuntimes } from '../../receiver/test/runtimes.ts'
import { startModelServer } from '../../server/test/harness/model-server.ts'
import { createSqliteDatabase } from '../../server/test/harness/ringback.ts'
import { useOwn } from '../../server/test/harness/use-own.ts'
import { useRingback } from '../../server/test/harness/use-ringback.ts'
import { startFlakyProxy } from './flaky-proxy.ts'
import { packageFolder, run } from './project.ts'

const tsc = fileURLToPath(new URL('../../../node_modules/.bin/tsc', import.meta.url))

/** A folder with the built package. */
let project: string

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'ringback-client-'))
  // Not packed: that would build where package.test.ts does at the same time.
  const installed = join(project, 'node_modules/@ringback/client')
  cpSync(join(packageFolder, 'package.json'), join(installed, 'package.json'))
  cpSync(join(packageFolder, 'test/runtime-check.js'), join(project, 'check.js'))
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  await run(tsc, ['-p', 'tsconfig.build.json', '--outDir', join(installed, 'dist')], { cwd: packageFolder })
})
afterAll(async () => await rm(project, { recursive: true, force: true }))
const model = useOwn(startModelServer, (server) => server.close())
const ringback = useRingback(createSqliteDatabase, () => ({
  env: { RINGBACK_MODEL: 'compatible/local', RINGBACK_MODEL_BASE_URL: model.baseUrl },
}))
const proxy = useOwn(
  () => startFlakyProxy(ringback.app.origin),
  ({ close }) => close(),
)

test.for(findRuntimes())(
  '$name dispatches, uploads, waits, retries and refuses',
  async ({ name, command }, context) => {
    if (!command) {
      const reason = `skipped: ${name} is not installed here (npm run runtimes brings it)`
      // The reporter counts skipped tests but prints no reason.
      console.warn(reason)
      context.skip(reason)
      return
    }
    const headers = { location: 'https://elsewhere.example/' }
    proxy.script({ kind: 'reset', after: true }, { kind: 'answer', path: '/ping', status: 307, headers })
    const [program = '', ...options] = command
    const { stdout } = await run(program, [...options, 'check.js', proxy.origin, ringback.key], { cwd: project })
    expect(stdout.trim().split('\n')).toEqual([
      '["anna@example.com"]',
      'a candidate_name',
      'by webhook',
      'true RingbackRequestError request.invalid',
      'RingbackResponseError 307',
      'enough',
    ])
    const { json } = await ringback.call('GET', '/api/v1/jobs')
    expect(json.data).toHaveLength(2)
  },
)
