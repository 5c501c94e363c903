import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runtimePackages, runtimesFolder } from './runtimes.ts'

// Brings the runtimes that runtimes.test.ts runs the library on: node packages/receiver/test/install-runtimes.ts
mkdirSync(runtimesFolder, { recursive: true })
writeFileSync(join(runtimesFolder, 'package.json'), '{ "private": true }\n')
const options = ['--no-save', '--no-audit', '--no-fund', '--no-package-lock']
const { status } = spawnSync('npm', ['install', ...options, ...runtimePackages()], {
  cwd: runtimesFolder,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
