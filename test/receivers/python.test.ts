import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, type TestContext, test } from 'vitest'
import { pythonFolder } from '../../packages/receiver/test/runtimes.ts'
import { freePort } from '../../packages/server/test/harness/ringback.ts'
import { killAllPrograms, need, type Program, startProgram, works } from './harness/program.ts'
import { readmeBlock, readmeBlocks, readmeInline, receiverFolder } from './harness/readme.ts'
import { expectReceives } from './harness/receives.ts'
import { describeReceiver, SECRET } from './harness/suite.ts'
import { expectSharedVerdicts } from './harness/vectors.ts'

const folder = fileURLToPath(new URL('python', import.meta.url))

/** Finds the receiver and the helpers of the tests, and leaves nothing behind. */
const ENV = {
  PYTHONPATH: `${receiverFolder('python')}:${folder}:${pythonFolder}`,
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONWARNINGS: 'error::SyntaxWarning',
}

const python = (args: readonly string[], env: Record<string, string> = {}): Program =>
  startProgram('python3', args, { ...ENV, ...env })

const hasPython = works('python3', '-c', 'import sys; sys.exit(sys.version_info < (3, 9))')
const hasModule = (name: string) =>
  hasPython && works('python3', '-c', `import sys; sys.path.insert(0, sys.argv[1]); import ${name}`, pythonFolder)

const needsPython = (context: TestContext) =>
  need(context, hasPython, 'there is no python3 of 3.9 or newer on the PATH')
const needs = (module: string) => (context: TestContext) => {
  needsPython(context)
  need(context, hasModule(module), `the Python package ${module} is not installed here (npm run runtimes brings it)`)
}

const start = (kind: string) => async (settings: Record<string, string>) => {
  const program = python([`${folder}/server.py`, kind], settings)
  await program.listens(Number(settings.PORT))
  return undefined
}

test('Python judges the shared cases as they are written', (context) => {
  needsPython(context)
  expectSharedVerdicts('python3', [`${folder}/judge.py`], ENV)
})

describeReceiver({ name: 'Python on the WSGI server of its library', needs: needsPython, start: start('wsgi') })
describeReceiver({ name: 'Python as an ASGI application', needs: needsPython, start: start('asgi') })
describeReceiver({ name: 'Python in Flask', needs: needs('flask'), start: start('flask') })
describeReceiver({ name: 'Python in FastAPI on uvicorn', needs: needs('fastapi'), start: start('fastapi') })

describe('receivers/python/README.md', () => {
  let temporary: string
  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'ringback-python-'))
  })
  afterEach(async () => {
    await killAllPrograms()
    rmSync(temporary, { recursive: true })
  })

  /** Runs a block as its readers do, on another port. */
  async function runBlock(
    having: string,
    args: (file: string, port: number) => string[],
    change = (code: string) => code,
  ): Promise<[Program, number]> {
    const port = await freePort()
    const file = join(temporary, 'receiver.py')
    writeFileSync(file, change(readmeBlock('python', 'python', having)).replaceAll('3000', String(port)))
    const program = python(args(file, port), { SECRET, PYTHONPATH: `${ENV.PYTHONPATH}:${temporary}` })
    await program.listens(port)
    return [program, port]
  }
  const asScript = (file: string) => [file]
  /** A line of the text, with an option for the port. */
  const byLine = (beginning: string, option: string) => (_file: string, port: number) => [
    '-m',
    ...readmeInline('python', beginning).split(' '),
    option + port,
  ]
  const onUvicorn = byLine('uvicorn ', '--port=')
  const onAsgiServer = (_file: string, port: number) => [`${folder}/asgi_server.py`, 'receiver', String(port)]

  test('has the blocks that this test runs, and no others', () => {
    expect(readmeBlocks('python', 'python')).toHaveLength(6)
  })

  test('what is not HTTP: verifying, stores, draining, faults of others', (context) => {
    needsPython(context)
    const files = ['delivery_of', 'SqliteStore'].map((having) => {
      const file = join(temporary, `${having}.py`)
      writeFileSync(file, readmeBlock('python', 'python', having))
      return file
    })
    const run = spawnSync('python3', [`${folder}/behaviours.py`, ...files], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...ENV },
    })
    expect(run.status, run.stderr).toBe(0)
    expect(run.stderr).toMatch(/^Ran \d+ tests.*^OK$/ms)
  })

  for (const [name, having, needsIt, args] of [
    ['ten lines', 'make_server', needsPython, asScript],
    ['Flask', 'Flask', needs('flask'), asScript],
    ['FastAPI', 'FastAPI', needs('fastapi'), onUvicorn],
    ['ASGI', '.asgi', needsPython, onAsgiServer],
    ['ASGI on uvicorn', '.asgi', needs('uvicorn'), onUvicorn],
  ] as const) {
    test(`${name}: the receiver prints a real delivery`, async (context) => {
      needsIt(context)
      const [program, port] = await runBlock(having, args)
      await expectReceives(program, port)
    })
  }

  test('ten lines behind gunicorn, as the text says: the receiver prints a real delivery', async (context) => {
    needs('gunicorn')(context)
    const asApplication = (code: string) => code.replace(/^make_server\(.*$/m, 'application = receiver.wsgi')
    const [program, port] = await runBlock('make_server', byLine('gunicorn ', '--bind=127.0.0.1:'), asApplication)
    await expectReceives(program, port)
  })
})
