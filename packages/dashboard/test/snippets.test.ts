import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { headerOf } from '../../server/test/harness/receiver.ts'
import { SNIPPETS, secretName } from '../src/ui/attempt/snippets.ts'
import { type Scene, startScene } from './harness/scene.ts'

/*
 * What the dashboard gives people to verify a signature is run as it is shown, on a request that this server has sent.
 * Around each snippet stands only what its framework would bring: the request, and the answer. The one for .NET is read
 * only: neither npm nor Debian brings a .NET that has the methods it calls.
 */

interface Signed {
  readonly body: Buffer
  readonly signature: string
}

const SECRET = 'a secret of the test, with ünïcode'
const folder = mkdtempSync(join(tmpdir(), 'ringback-snippets-'))
const NAME = secretName('crm-production')
let scene: Scene
let sent: Signed

beforeAll(async () => {
  scene = await startScene()
  await scene.talk.setWebhook('default', { enabled: true, url: scene.receiver.url, secret: SECRET })
  await scene.talk.call('POST', '/webhooks/default/test')
  const request = await scene.receiver.request(1)
  sent = { body: request.body, signature: headerOf(request, 'x-signature') ?? '' }
  expect(sent.signature).toMatch(/^[0-9a-f]{64}$/)
})
afterAll(async () => {
  await scene.stop()
  rmSync(folder, { recursive: true, force: true })
})

function codeOf(id: string): string {
  const snippet = SNIPPETS.find((one) => one.id === id)
  if (!snippet) throw new Error(`there is no snippet ${id}`)
  return snippet.code(NAME)
}

const env = (secret = SECRET) => ({ ...process.env, [NAME]: secret })

/** Why a program cannot run here; null when it can. */
function missing(command: string, args: readonly string[]): string | null {
  const { status, error } = spawnSync(command, args)
  return status === 0 ? null : `no ${command} on this machine: ${error?.message ?? `it ended with ${status}`}`
}

/** The request as it was sent is taken; with anything changed it is not. `isTaken` gets the request to show. */
async function expectVerifies(isTaken: (request: Signed, secret?: string) => Promise<boolean>) {
  const { body, signature } = sent
  expect(await isTaken(sent), 'as it was sent').toBe(true)
  expect(await isTaken({ signature, body: Buffer.from(`${body} `) }), 'a longer body').toBe(false)
  const changed = Buffer.from(body.toString().replace('success', 'succesS'))
  expect(await isTaken({ signature, body: changed }), 'another body').toBe(false)
  const other = signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))
  expect(await isTaken({ body, signature: other }), 'another signature').toBe(false)
  expect(await isTaken({ body, signature: signature.slice(2) }), 'a shorter signature').toBe(false)
  expect(await isTaken({ body, signature: '' }), 'no signature').toBe(false)
  expect(await isTaken({ body, signature: 'not hex at all' }), 'a signature that is none').toBe(false)
  expect(await isTaken(sent, 'another secret'), 'another secret').toBe(false)
}

/** Runs a program that says on its output whether it took the request. */
function says(command: string, args: readonly string[], { body, signature }: Signed, secret?: string): boolean {
  const { stdout, stderr, status } = spawnSync(command, [...args, signature], { input: body, env: env(secret) })
  const text = stdout.toString()
  expect([status, stderr.toString(), /^(taken|refused)$/.test(text)]).toEqual([0, '', true])
  return text === 'taken'
}

describe('the snippet that verifies a signature', () => {
  test('in JavaScript takes what was sent and nothing else', async () => {
    const call = /^isSigned\(.*\)$/m
    const code = codeOf('javascript')
    expect(code).toMatch(call)
    const file = join(folder, 'verify.mjs')
    writeFileSync(
      file,
      `import { readFileSync } from 'node:fs'
      const payload = readFileSync(0)
      const request = { headers: { 'x-signature': process.argv[2] === '' ? undefined : process.argv[2] } }
      ${code.replace(call, (text) => `process.stdout.write(${text} ? 'taken' : 'refused')`)}`,
    )
    await expectVerifies(async (request, secret) => says(process.execPath, [file], request, secret))
  })

  test('in Python takes what was sent and nothing else', async ({ skip }) => {
    const reason = missing('python3', ['--version'])
    if (reason !== null) return skip(reason)
    const file = join(folder, 'verify.py')
    writeFileSync(
      file,
      `import sys
class request:
    headers = {} if sys.argv[1] == '' else {'X-Signature': sys.argv[1]}
    get_data = staticmethod(lambda data=sys.stdin.buffer.read(): data)
def abort(status):
    print('refused', end='')
    sys.exit(0)
${codeOf('python')}
print('taken', end='')
`,
    )
    await expectVerifies(async (request, secret) => says('python3', [file], request, secret))
  })

  describe('in PHP', () => {
    const php = 'php'
    const reason = missing(php, ['--version'])
    const servers: ChildProcess[] = []
    afterAll(() => {
      for (const server of servers) server.kill()
    })

    /** The server that PHP brings, with the snippet as its only page. */
    async function serve(secret?: string): Promise<string> {
      const file = join(folder, 'verify.php')
      writeFileSync(file, `<?php\n${codeOf('php')}\nhttp_response_code(204);\n`)
      const port = await freePort()
      servers.push(spawn(php, ['-S', `127.0.0.1:${port}`, file], { env: env(secret), stdio: 'ignore' }))
      const url = `http://127.0.0.1:${port}/`
      while (!(await fetch(url).catch(() => null))) await sleep(20)
      return url
    }

    test('takes what was sent and nothing else', async ({ skip }) => {
      if (reason !== null) return skip(reason)
      const own = await serve()
      const other = await serve('another secret')
      await expectVerifies(async ({ body, signature }, secret) => {
        const headers = signature === '' ? {} : { 'x-signature': signature }
        const { status } = await fetch(secret ? other : own, { method: 'POST', body: new Uint8Array(body), headers })
        expect([204, 401]).toContain(status)
        return status === 204
      })
    })
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
