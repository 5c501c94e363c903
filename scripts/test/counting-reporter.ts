import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'
import { COUNTS_FILE_VARIABLE, type Counts } from './counts.ts'

/** Writes what a vitest run counted to a file, for the table that `npm test` ends with. */
export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const file = process.env[COUNTS_FILE_VARIABLE]
    if (file) writeFileSync(file, JSON.stringify(count(modules, unhandledErrors.length)))
  }
}

function count(modules: readonly TestModule[], unhandledErrors: number): Counts {
  // An error outside every test, such as a file that cannot be loaded, is a failure of its own.
  let failed = unhandledErrors + modules.reduce((sum, module) => sum + module.errors().length, 0)
  let passed = 0
  let skipped = 0
  const skipReasons = new Set<string>()
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const result = test.result()
      if (result.state === 'passed') passed++
      else if (result.state === 'skipped') {
        skipped++
        skipReasons.add(result.note ?? `no reason given: ${test.fullName}`)
      } else failed++
    }
  }
  return { passed, failed, skipped, skipReasons: [...skipReasons] }
}
