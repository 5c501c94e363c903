import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { EXIT_CODES } from './lib/errors.ts'

const main = fileURLToPath(new URL('./main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'ringback-main-'))
const children = new Set<ChildProcess>()

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Starts the real program with nothing of our own environment but the path. */
function start(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH, RINGBACK_DATABASE_URL: `file:${join(folder, 'main.db')}`, ...env },
  })
  children.add(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  const ended = once(child, 'close').then(([code, signal]) => ({ ...output, code, signal }))
  /** Resolves when standard output has the text; rejects when the program ends without. */
  const printed = (text: string) =>
    new Promise<string>((resolve, reject) => {
      child.stdout.on('data', () => output.stdout.includes(text) && resolve(output.stdout))
      void ended.then(({ stderr }) => reject(new Error(`ended without "${text}": ${output.stdout}${stderr}`)))
    })
  return { child, ended, printed }
}

describe('a start that cannot be', () => {
  test('lists all wrong settings on standard error, without a stack, with exit code 78', async () => {
    const { code, stdout, stderr } = await start(['serve'], { RINGBACK_PORT: 'x', RINGBACK_HOTS: 'y' }).ended
    expect(code).toBe(EXIT_CODES.config)
    expect(stderr).toBe(
      [
        'Ringback cannot start:',
        '  - RINGBACK_HOTS is not a setting; did you mean RINGBACK_HOST?',
        '  - RINGBACK_PORT=x: expected a whole number from 0 to 65535',
        '',
      ].join('\n'),
    )
    expect(stdout).toBe('')
  })

  test('on an older Node says which one it needs and how to get it, instead of a stack', async () => {
    const older = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"20.20.2"}})'
    const child = spawn(process.execPath, ['--import', older, main, 'serve'], { env: { PATH: process.env.PATH } })
    children.add(child)
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    expect(code).toBe(EXIT_CODES.config)
    expect(stderr).toMatch(
      /^Ringback cannot start:\n {2}- it runs on Node 26.* this is 20\.20\.2\. Start it with npm.*\n$/,
    )
  })

  test('says which port is in use, with exit code 69', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await start(['serve'], { RINGBACK_PORT: String(port) }).ended
    other.close()
    expect(code).toBe(EXIT_CODES.unavailable)
    expect(stderr).toMatch(new RegExp(`^Ringback cannot start:\n  - port ${port} on 127.0.0.1 is in use.*\n$`))
  })

  test('says that a database cannot be used, with exit code 69', async () => {
    const { code, stderr } = await start(['migrate'], { RINGBACK_DATABASE_URL: 'file:/dev/null/x.db' }).ended
    expect(code).toBe(EXIT_CODES.unavailable)
    expect(stderr).toMatch(/^Ringback cannot start:\n {2}- /)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  test('ends with exit code 64 and the usage when the command is unknown', async () => {
    const { code, stderr } = await start(['frobnicate']).ended
    expect(code).toBe(EXIT_CODES.usage)
    expect(stderr).toContain('Usage: ringback')
  })
})

describe('a server that is told to stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'ends by itself with exit code 0 after %s, and has logged JSON lines',
    async (signal) => {
      const { child, ended, printed } = start(['serve'], { RINGBACK_PORT: '0' })
      await printed('"started"')
      child.kill(signal)
      const { code, stdout, stderr } = await ended
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const lines = stdout.split('\n').filter((line) => line.startsWith('{"level"'))
      expect(lines.map((line) => JSON.parse(line).msg)).toEqual(expect.arrayContaining(['started', 'stopped']))
    },
  )

  test('shows the first key once: the second start on the same database has none to show', async () => {
    const RINGBACK_DATABASE_URL = `file:${join(folder, 'first-key.db')}`
    const shown: boolean[] = []
    for (let time = 0; time < 2; time++) {
      const { child, ended, printed } = start(['serve'], { RINGBACK_PORT: '0', RINGBACK_DATABASE_URL })
      shown.push((await printed('"started"')).includes('API key  rb_'))
      child.kill()
      await ended
    }
    expect(shown).toEqual([true, false])
  })

  test('ends at once after a second signal, while a request keeps the first waiting', async () => {
    const key = 'k8Jx2mQv9LpR4tZw1'
    const { child, ended, printed } = start(['serve'], { RINGBACK_PORT: '0', RINGBACK_API_KEY: key })
    const [, port] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(await printed('"started"')) ?? []
    // A body that does not end keeps the request, and with it the graceful stop, waiting.
    const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined)
    socket.write(
      [
        'POST /api/v1/content/detect_phones HTTP/1.1',
        'Host: 127.0.0.1',
        `Authorization: Bearer ${key}`,
        'Content-Type: application/json',
        'Content-Length: 100',
        'Expect: 100-continue',
        '\r\n',
      ].join('\r\n'),
    )
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 100 /)
    child.kill('SIGTERM')
    await printed('"stopping')
    child.kill('SIGTERM')
    expect((await ended).code).toBe(143)
    socket.destroy()
  })
})
