import { writeFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'
import { COUNTS_FILE_VARIABLE, type Counts } from './counts.ts'

/** Lines of an error that are told again at the end: enough for a difference, and the table stays in sight. */
const ERROR_LINES = 25

/** Writes what a vitest run counted to a file, for the table that `npm test` ends with. */
export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const file = process.env[COUNTS_FILE_VARIABLE]
    if (file) writeFileSync(file, JSON.stringify(count(modules, unhandledErrors)))
  }
}

function count(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): Counts {
  // An error outside every test, such as a file that cannot be loaded, is a failure of its own.
  const failures = unhandledErrors.map((error) => describeFailure('outside every test', [error]))
  let passed = 0
  let skipped = 0
  const skipReasons = new Set<string>()
  for (const module of modules) {
    const file = module.relativeModuleId
    failures.push(...module.errors().map((error) => describeFailure(file, [error])))
    for (const test of module.children.allTests()) {
      const result = test.result()
      if (result.state === 'passed') passed++
      else if (result.state === 'skipped') {
        skipped++
        skipReasons.add(result.note ?? `no reason given: ${test.fullName}`)
      } else {
        failures.push(describeFailure(`${file} > ${test.fullName}`, result.errors ?? []))
      }
    }
  }
  return { passed, failed: failures.length, skipped, skipReasons: [...skipReasons], failures }
}

/** What failed, then its errors with their difference and the line that threw, without colours. */
function describeFailure(what: string, errors: readonly SerializedError[]): string {
  const lines = errors.flatMap((error) => {
    const [frame] = error.stacks ?? []
    const text = [error.message, error.diff, frame && `at ${frame.file}:${frame.line}:${frame.column}`]
    return text.filter((part) => typeof part === 'string').flatMap((part) => part.split('\n'))
  })
  const shown = lines.length > ERROR_LINES ? [...lines.slice(0, ERROR_LINES - 1), '…', ...lines.slice(-1)] : lines
  return stripVTControlCharacters([what, ...shown.map((line) => `    ${line}`)].join('\n'))
}
