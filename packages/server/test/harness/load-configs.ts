import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { LoadedConfig } from './configs-loader.ts'

const LOADER = fileURLToPath(new URL('./configs-loader.ts', import.meta.url))

/**
 * Loads files of job types in code as `serve` does, all in one process: Node itself has to do it, and a process for each
 * would take a second on a busy machine.
 */
export function loadConfigs(files: readonly string[]): LoadedConfig[] {
  const { stdout, stderr } = spawnSync(process.execPath, [LOADER, ...files], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return JSON.parse(stdout) as LoadedConfig[]
}
