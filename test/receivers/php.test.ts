import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, type TestContext, test } from 'vitest'
import { signed } from '../../packages/receiver/test/signed.ts'
import { freePort } from '../../packages/server/test/harness/ringback.ts'
import { until } from '../../packages/server/test/harness/until.ts'
import { killAllPrograms, need, startProgram, works } from './harness/program.ts'
import { readmeBlock, readmeBlocks, readmeInline, receiverFolder } from './harness/readme.ts'
import { expectReceives } from './harness/receives.ts'
import { describeReceiver, SECRET } from './harness/suite.ts'
import { expectSharedVerdicts } from './harness/vectors.ts'

const folder = fileURLToPath(new URL('php', import.meta.url))
const WEBHOOK = `${receiverFolder('php')}/Webhook.php`
const ENV = { RECEIVER: `${receiverFolder('php')}/Receiver.php` }

/** Every warning is shown, and shown fails a test. */
const STRICT = ['-d', 'error_reporting=-1', '-d', 'display_errors=stderr']

const hasPhp = works('php', '-r', 'exit(PHP_VERSION_ID >= 80100 ? 0 : 1);')
const needsPhp = (context: TestContext) => need(context, hasPhp, 'there is no php of 8.1 or newer on the PATH')

const hasPsr7 = hasPhp && works('php', '-r', "exit((@include 'Nyholm/Psr7/autoload.php') === false ? 1 : 0);")
const needsPsr7 = (context: TestContext) => {
  needsPhp(context)
  need(context, hasPsr7, 'PHP finds no nyholm/psr7 here (php-nyholm-psr7)')
}

/** PHP's own server, with workers: a handler that waits must not stop the next request. */
async function serve(script: string, port: number, env: Record<string, string>) {
  const args = [...STRICT, '-S', `127.0.0.1:${port}`, script]
  const program = startProgram('php', args, { ...ENV, PHP_CLI_SERVER_WORKERS: '4', ...env })
  await program.listens(port)
  return program
}

const start = (kind: string) => async (settings: Record<string, string>) => {
  await serve(`${folder}/server.php`, Number(settings.PORT), { ...settings, KIND: kind })
  return undefined
}

test('PHP judges the shared cases as they are written', (context) => {
  needsPhp(context)
  expectSharedVerdicts('php', [...STRICT, `${folder}/judge.php`], ENV)
})

describeReceiver({ name: 'Plain PHP on its own server', needs: needsPhp, start: start('plain') })
describeReceiver({ name: 'PHP as a request handler of PSR-15', needs: needsPsr7, start: start('psr') })

describe.each([
  ['plain', needsPhp],
  ['psr', needsPsr7],
] as const)('PHP (%s) that shows its warnings, as without php.ini', (kind, needs) => {
  let seen: string
  beforeEach((context) => {
    needs(context)
    seen = mkdtempSync(join(tmpdir(), 'ringback-php-'))
  })
  afterEach(async () => {
    await killAllPrograms()
    rmSync(seen, { recursive: true, force: true })
  })

  const serveNoisy = async (settings: Record<string, string>) => {
    const port = await freePort()
    const args = ['-n', '-d', 'display_errors=1', '-S', `127.0.0.1:${port}`, `${folder}/noisy.php`]
    await startProgram('php', args, { ...ENV, KIND: kind, SECRET, SEEN: seen, ...settings }).listens(port)
    return async (type: string, signal: AbortSignal | null = null) => {
      const body = JSON.stringify({ id: '1', status: 'success', type })
      const headers = signed(body, { secret: SECRET })
      return (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body, signal })).status
    }
  }

  test('what is printed or ended while the answer is made never makes it a 200 for what was not handled', async () => {
    const statusOf = await serveNoisy({})
    expect(await statusOf('print')).toBe(200)
    for (const type of ['print_and_fail', 'warn_and_fail', 'exit', 'fatal'])
      expect([type, await statusOf(type)]).toEqual([type, 500])
    // Files where the store has its folders.
    rmSync(seen, { recursive: true })
    mkdirSync(seen)
    for (let byte = 0; byte < 256; byte += 1) writeFileSync(join(seen, byte.toString(16).padStart(2, '0')), '')
    expect(await statusOf('print')).toBe(503)
  })

  test('a sender that leaves before the answer does not end a script that has claimed its delivery', async () => {
    const gate = join(seen, 'gate')
    const statusOf = await serveNoisy({ GATE: gate, SEEN: join(seen, 'store') })
    const leave = new AbortController()
    const left = statusOf('note', leave.signal).catch((error: Error) => error.name)
    await until('it is accepted', () => (existsSync(`${gate}.accepted`) ? true : null))
    leave.abort()
    expect(await left).toBe('AbortError')
    writeFileSync(gate, '')
    await until('it is handled', () => (existsSync(`${gate}.handled`) ? true : null))
  })

  test('a receiver that cannot be made is a 500', async () => {
    const withoutSecret = await serveNoisy({ SECRET: '' })
    expect(await withoutSecret('print')).toBe(500)
    const withoutStore = await serveNoisy({ SEEN: '/dev/null/seen' })
    expect(await withoutStore('print')).toBe(500)
  })
})

describe('receivers/php/README.md', () => {
  let temporary: string
  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'ringback-php-'))
  })
  afterEach(async () => {
    await killAllPrograms()
    rmSync(temporary, { recursive: true })
  })
  const write = (name: string, code: string) => {
    writeFileSync(join(temporary, name), code)
    return join(temporary, name)
  }

  test('has the blocks that this test runs, and no others', () => {
    expect(readmeBlocks('php', 'php')).toHaveLength(3)
  })

  test('the line for Slim: a route that answers, and then handles', (context) => {
    needsPsr7(context)
    const line = write('slim.php', `<?php\n${readmeInline('php', '$app->post(')};\n`)
    const env = { PATH: process.env.PATH, ...ENV }
    const run = spawnSync('php', [...STRICT, `${folder}/slim.php`, line], { encoding: 'utf8', env })
    expect([run.stderr, run.stdout]).toEqual(['', '200 ok\nthen content_translate\n'])
  })

  test('ten lines: the receiver prints a real delivery', async (context) => {
    needsPhp(context)
    const code = readmeBlock('php', 'php', '->handle()')
      .replace("__DIR__ . '/Receiver.php'", `'${ENV.RECEIVER}'`)
      .replace('/var/lib/webhooks', join(temporary, 'webhooks'))
    const port = await freePort()
    const line = readmeInline('php', 'php -S ').replace('3000', String(port))
    const [command = '', ...args] = line.replace('hook.php', write('hook.php', code)).split(' ')
    const program = startProgram(command, args, { SECRET })
    await program.listens(port)
    await expectReceives(program, port)
  })

  test('what is not HTTP: events, stores, answers after the handler, faults of others', (context) => {
    needsPhp(context)
    const blocks = ['deliveryOf', 'PdoStore'].map((having) =>
      write(
        `${having}.php`,
        `<?php\n${readmeBlock('php', 'php', having)}`.replace("__DIR__ . '/Webhook.php'", `'${WEBHOOK}'`),
      ),
    )
    const env = { PATH: process.env.PATH, ...ENV }
    const needsSqlite = works('php', '-r', "exit(extension_loaded('pdo_sqlite') ? 0 : 1);")
    need(context, needsSqlite, 'PHP has no pdo_sqlite here (php-sqlite3)')
    const run = spawnSync('php', [...STRICT, `${folder}/behaviours.php`, ...blocks], { encoding: 'utf8', env })
    expect(run.stderr).toBe('')
    expect(run.stdout).toBe('OK\n')
  })
})
