import { spawnSync } from 'node:child_process'
import type { TestContext } from 'vitest'

/** Ends the test as skipped, with the reason printed, where there is no Python. */
export function needPython(context: TestContext): void {
  if (spawnSync('python3', ['--version']).status === 0) return
  const reason = 'skipped: Python is not installed here (no python3 on the PATH)'
  // The reporter counts skipped tests but prints no reason.
  console.warn(reason)
  context.skip(reason)
}
