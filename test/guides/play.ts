import { createHmac } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { callApi, freePort, TEST_API_KEY } from '../../packages/server/test/harness/ringback.ts'
import { startServer } from '../../packages/server/test/harness/server-process.ts'
import { until } from '../../packages/server/test/harness/until.ts'
import { root } from '../repository-files.ts'
import { createTerminal, type Shell, untilListening, waitFor } from '../terminal.ts'
import { type Block, textOf } from './blocks.ts'
import { judge, makeDotnetProject, type SignedCase } from './languages.ts'
import { checkHttp, checkJson, checkYaml, type SentRequest } from './samples.ts'

/** What a program prints when it is ready. A receiver prints nothing: its port tells. */
const READY: Readonly<Record<string, string>> = { server: '"started"', listen: 'is listening', receiver: '' }

/** Where Ringback's port and the port of receivers are, in all guides. */
const PORTS = { api: 4400, receiver: 3000 }

const SECRET = 'make-one-of-your-own'

/** What guides write for the id of a delivery that the reader has to fill in: the newest. */
const SAMPLE_DELIVERY = '01a20972-ece9-7451-86d3-5fe47490c587'

/**
 * Follows a guide from top to bottom, as its reader would: writes its files, runs its commands in one terminal, and compares
 * what they print with what it shows. Two things differ: the ports, because tests share a machine, and packages, which are
 * linked and not downloaded.
 */
export async function play(blocks: readonly Block[], folder: string): Promise<void> {
  // Otherwise the guide takes for granted that one is there, with receivers on this machine allowed.
  const startsServer = blocks.some(({ told }) => told.background === 'server')
  const talks = blocks.some(({ language }) => language === 'sh' || language === 'yaml')
  const port = await freePort()
  const receiverPort = await freePort()
  const project = join(folder, 'project')
  prepareProject(project)
  const terminal = createTerminal(join(folder, 'environment.sh'), {
    RINGBACK_PORT: String(port),
    RINGBACK_PUBLIC_URL: `http://localhost:${port}`,
    RINGBACK_DATABASE_URL: `file:${join(folder, 'ringback.db')}`,
    ...(!startsServer && { RINGBACK_API_KEY: TEST_API_KEY, SECRET }),
  })
  const server =
    talks && !startsServer
      ? startServer({
          RINGBACK_PORT: String(port),
          RINGBACK_DATABASE_URL: `file:${join(folder, 'ringback.db')}`,
          RINGBACK_API_KEY: TEST_API_KEY,
          RINGBACK_LOG_LEVEL: 'info',
        })
      : undefined
  const adapt = (text: string) =>
    text
      .replaceAll(`:${PORTS.api}`, `:${port}`)
      .replaceAll(new RegExp(`\\b${PORTS.receiver}\\b`, 'g'), String(receiverPort))

  const programs = new Map<string, Shell>()
  let printed = ''
  const origin = `http://127.0.0.1:${port}`
  const keyOf = async () => (await terminal.run('printf %s "$RINGBACK_API_KEY"')).trim()

  const newestDelivery = async (): Promise<{ id: string; status: string; attempt_count: number }> => {
    const key = await keyOf()
    return await until('there is a delivery', async () => {
      const { json } = await callApi(origin, key, 'GET', '/api/v1/deliveries?limit=1')
      return json.data[0] ?? null
    })
  }

  /** Resolves when no attempt of the newest delivery is under way. */
  const settled = () =>
    until('the attempt is on record', async () => {
      const { status, attempt_count } = await newestDelivery()
      return status !== 'sending' && attempt_count > 0 ? true : null
    })

  async function runShell({ code, told, where }: Block): Promise<void> {
    const cwd = told.in === 'ringback' ? root : project
    let commands = adapt(code)
    if (code.includes(SAMPLE_DELIVERY)) commands = commands.replaceAll(SAMPLE_DELIVERY, (await newestDelivery()).id)
    if (told.install !== undefined) return expectKnownPackages(commands, where)
    const { background } = told
    if (background === undefined) {
      printed = await terminal.run(commands, cwd)
      return
    }
    const before = programs.get(background)
    if (before) await terminal.stop(before)
    programs.set(background, await terminal.startUntil(commands, READY[background] ?? '', cwd))
    if (background === 'receiver') await terminal.run(untilListening(receiverPort))
  }

  /** Lines that a program printed, or is about to print. `…` stands for anything in a line. */
  async function expectShown({ code, told, where }: Block): Promise<void> {
    const pattern = patternOf(adapt(code))
    const program = told.by === undefined ? undefined : programs.get(told.by)
    if (told.by !== undefined && !program) throw new Error(`${where}: no ${told.by} was started`)
    if (program) await waitFor(program, pattern)
    else expect(printed, where).toMatch(pattern)
    // A receiver prints before its answer is on record, and readers are slower than that.
    if (told.by === 'receiver') await settled()
  }

  function writeCode({ code, told, language, where }: Block): void {
    const file = join(project, told.file as string)
    mkdirSync(dirname(file), { recursive: true })
    if (language === 'csharp' && told.check === undefined) makeDotnetProject(dirname(file))
    writeFileSync(file, adapt(code))
    if (told.check === 'signature') expect(judge(language, file, CASES), where).toEqual(VERDICTS)
  }

  /** The newest request that was sent, as soon as it is on record. */
  const lastSent = async (): Promise<SentRequest> => {
    const key = await keyOf()
    return await until('an attempt is on record', async () => {
      const { id } = await newestDelivery()
      const delivery = (await callApi(origin, key, 'GET', `/api/v1/deliveries/${id}`)).json
      const attempt = delivery.attempts.at(-1)
      return attempt ? { headers: attempt.request.headers, body: delivery.body } : null
    })
  }

  /** The measurements of the server once an attempt and a run of a job are among them. */
  const metrics = () =>
    until('attempts and jobs are counted', async () => {
      const text = await (await fetch(`${origin}/metrics`)).text()
      return text.includes('ringback_attempts_total{') && text.includes('ringback_job_runs_total{') ? text : null
    })

  /** What a sample is compared with: the answer of the last command, or a line of a program that is about the same. */
  async function printedJson({ code, told }: Block): Promise<string> {
    if (told.by === undefined) return printed
    const { type, msg } = JSON.parse(code) as { type?: string; msg?: string }
    const output = () => (told.by === 'log' ? server?.output().stdout : programs.get(told.by ?? '')?.output()) ?? ''
    return await until(`${told.by} prints what the guide shows`, () => {
      const found = output()
        .match(/\{.*\}$/gm)
        ?.filter((line) => {
          const value = JSON.parse(line) as { type?: string; msg?: string }
          return value.type === type && value.msg === msg
        })
      return found?.at(-1) ?? null
    })
  }

  try {
    await server?.ready()
    for (const block of blocks) {
      if (block.language === 'sh') await runShell(block)
      else if (block.language === 'text') await expectShown(block)
      else if (block.language === 'json') checkJson(block, await printedJson(block))
      else if (block.language === 'http') checkHttp(block, await lastSent())
      else if (block.language === 'yaml') checkYaml(block, await metrics(), textOf(block))
      else writeCode(block)
    }
  } finally {
    await terminal.stopAll()
    await server?.stop()
  }
}

/** A folder of the reader's, where the packages of guides can be imported. `ringback` beside it is the repository. */
export function prepareProject(project: string): void {
  const modules = join(project, 'node_modules')
  mkdirSync(join(modules, '@ringback'), { recursive: true })
  writeFileSync(join(project, 'package.json'), '{ "type": "module", "private": true }')
  for (const name of ['express', 'standardwebhooks', '@types']) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name))
  }
  symlinkSync(root, join(dirname(project), 'ringback'))
  linkPackage('receiver', modules)
  linkPackage('client', modules)
}

/** One of our packages, whose names lead to its sources: building it would disturb the tests that build it. */
function linkPackage(name: string, modules: string): void {
  const source = join(root, 'packages', name)
  const target = join(modules, '@ringback', name)
  mkdirSync(target)
  symlinkSync(join(source, 'src'), join(target, 'src'))
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as {
    exports: Record<string, { default: string }>
  }
  const sources = Object.entries(manifest.exports).map(([path, { default: built }]) => [
    path,
    built.replace('/dist/', '/src/').replace(/\.js$/, '.ts'),
  ])
  writeFileSync(join(target, 'package.json'), JSON.stringify({ ...manifest, exports: Object.fromEntries(sources) }))
}

/** Dependencies in the lockfile, by their place, and our own packages as links. */
const LOCKED = (
  JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { link?: boolean; resolved?: string; integrity?: string }>
  }
).packages

/**
 * Nothing is downloaded by tests: a package has to be one of ours, in its folder under this very name and made to be
 * published, or one that the lockfile has, with the hash of what `npm ci` brought.
 */
function expectKnownPackages(commands: string, where: string): void {
  for (const line of commands.trim().split('\n')) {
    const [, names = ''] = /^npm install ([\w@/. -]+)$/.exec(line) ?? []
    expect(names, `${where}: ${line}`).not.toBe('')
    for (const name of names.split(' ')) {
      const locked = LOCKED[`node_modules/${name}`]
      expect(locked, `${where}: the lockfile has no ${name}`).toBeDefined()
      if (locked?.link === true) {
        const manifest = JSON.parse(readFileSync(join(root, locked.resolved ?? '', 'package.json'), 'utf8'))
        expect(manifest, `${where}: ${name}`).toMatchObject({ name, exports: expect.any(Object) })
        expect(manifest.private ?? false, `${where}: ${name} is not published`).toBe(false)
      } else {
        expect(locked?.integrity, `${where}: ${name}`).toMatch(/^sha512-/)
      }
    }
  }
}

function patternOf(shown: string): RegExp {
  const lines = shown.trim().split('\n').filter(Boolean)
  const escaped = lines.map((line) =>
    line
      .trim()
      .replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      .replaceAll('…', '.*')
      .replace(/ +/g, ' +'),
  )
  return new RegExp(escaped.join('[^]*?'))
}

/** Bodies, signatures and secrets that a function of a guide must judge rightly. */
const CASES: readonly SignedCase[] = ((): SignedCase[] => {
  const body = '{"id":"01a20972","status":"success","type":"content_translate","result":{"content":"größer 😀"}}'
  const signature = createHmac('sha256', SECRET).update(body).digest('hex')
  const right = { body, signature, secret: SECRET }
  return [
    right,
    { ...right, body: body.replace('success', 'failed') },
    { ...right, body: `${body} ` },
    { ...right, secret: 'another one' },
    { ...right, signature: '' },
    { ...right, signature: signature.slice(1) },
    { ...right, signature: `${signature}0` },
    { ...right, signature: 'é'.repeat(32) },
  ]
})()
const VERDICTS = CASES.map((_, index) => index === 0)
