/**
 * `npm test`: runs all parts one after another, goes on after one that failed, and ends with a table of what was run
 * and the sum of it as the last line. Names of parts as arguments run only these: `npm test -- types lint`.
 * Exit code 1 when anything failed.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { COUNTS_FILE_VARIABLE, type Counts } from './test/counts.ts'
import { PARTS, type Part } from './test/parts.ts'
import { formatTable } from './test/table.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Outcome extends Counts {
  readonly part: Part
  readonly ok: boolean
  readonly durationMs: number
}

const names = process.argv.slice(2)
const unknown = names.filter((name) => !PARTS.some((part) => part.name === name))
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(', ')}; there are ${PARTS.map((part) => part.name).join(', ')}`)
  process.exit(64)
}

const folder = mkdtempSync(join(tmpdir(), 'ringback-test-'))
const outcomes: Outcome[] = []
for (const part of PARTS) {
  if (names.length === 0 || names.includes(part.name)) outcomes.push(await runPart(part, join(folder, part.name)))
}
rmSync(folder, { recursive: true })
report(outcomes)
process.exitCode = outcomes.every((outcome) => outcome.ok) ? 0 : 1

/** Runs a part with its output streamed through. */
async function runPart(part: Part, countsFile: string): Promise<Outcome> {
  console.log(`\n── ${part.name}: ${part.command} ${part.args.join(' ')}\n`)
  const startMs = performance.now()
  const exitCode = await new Promise<number>((resolve) => {
    const bin = join(root, 'node_modules/.bin')
    const child = spawn(part.command, part.args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, [COUNTS_FILE_VARIABLE]: countsFile },
    })
    child.on('error', (error) => {
      console.error(error.message)
      resolve(127)
    })
    child.on('exit', (code) => resolve(code ?? 1))
  })
  const durationMs = performance.now() - startMs
  const counts = readCounts(part, countsFile, exitCode)
  return { part, ok: exitCode === 0 && counts.failed === 0, durationMs, ...counts }
}

function readCounts(part: Part, countsFile: string, exitCode: number): Counts {
  const whole = {
    passed: exitCode === 0 ? 1 : 0,
    failed: exitCode === 0 ? 0 : 1,
    skipped: 0,
    skipReasons: [],
    failures: [],
  }
  if (!part.counts || !existsSync(countsFile)) return whole
  const counts = JSON.parse(readFileSync(countsFile, 'utf8')) as Counts
  // A run that failed without a failed test (a worker that died, a teardown that threw) must show in the sum.
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

function report(all: readonly Outcome[]) {
  const rows = all.map(({ part, ok, durationMs, passed, failed, skipped, skipReasons }) => [
    part.name,
    ok ? 'passed' : 'FAILED',
    `${(durationMs / 1_000).toFixed(1)} s`,
    String(passed),
    String(failed),
    skipReasons.length > 0 ? `${skipped} (${skipReasons.join('; ')})` : String(skipped),
  ])
  const sum = (key: 'passed' | 'failed' | 'skipped') => all.reduce((total, outcome) => total + outcome[key], 0)
  // Told again here: who sees only the end of a long output, as of a failed CI, must learn what failed.
  for (const { part, failures } of all) for (const failure of failures) console.log(`\n${part.name} FAILED: ${failure}`)
  console.log(`\n${formatTable([['part', 'result', 'duration', 'passed', 'failed', 'skipped'], ...rows])}\n`)
  console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
}
