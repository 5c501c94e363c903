import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { receiversFolder, vectors } from '../../../packages/receiver/test/vectors.ts'

/**
 * Has one run of a program judge all shared cases: it reads `vectors.json` from standard input, and prints a list of
 * `ok` or error codes. Gives nothing; fails with the names of the cases that were judged otherwise.
 */
export function expectSharedVerdicts(command: string, args: readonly string[], env: Record<string, string> = {}): void {
  const run = spawnSync(command, args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    input: readFileSync(`${receiversFolder}vectors.json`),
  })
  expect(run.stderr, run.error?.message).toBe('')
  expectVerdicts(run.stdout)
}

/** The printed list against what is expected, by the name of each case. */
function expectVerdicts(printed: string): void {
  const verdicts = JSON.parse(printed) as readonly string[]
  expect(verdicts).toHaveLength(vectors.cases.length)
  const named = vectors.cases.map(({ name }, index) => [name, verdicts[index]])
  expect(named).toEqual(vectors.cases.map(({ name, expected }) => [name, expected]))
}
