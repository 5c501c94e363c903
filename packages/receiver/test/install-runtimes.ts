import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  NEXT_PACKAGES,
  nextFolder,
  PYTHON_PACKAGES,
  pythonFolder,
  runtimePackages,
  runtimesFolder,
} from './runtimes.ts'

// Brings what the libraries for receivers are tested on and `npm ci` does not bring: npm run runtimes
const done = [
  npmInstall(runtimesFolder, runtimePackages()),
  npmInstall(nextFolder, NEXT_PACKAGES),
  run('python3', ['-m', 'pip', 'install', '--quiet', '--upgrade', '--target', pythonFolder, ...PYTHON_PACKAGES]),
]
// Each is tried whatever became of the others: the tests that need it say what is missing.
process.exitCode = done.every(Boolean) ? 0 : 1

function npmInstall(folder: string, packages: readonly string[]): boolean {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  return run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--no-package-lock', ...packages], folder)
}

function run(command: string, args: readonly string[], cwd = '.'): boolean {
  return spawnSync(command, args, { cwd, stdio: 'inherit' }).status === 0
}
