import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where `npm run runtimes` puts them: 570 MB, so they are no part of `npm ci`. */
export const runtimesFolder = fileURLToPath(new URL('../.runtimes/', import.meta.url))

/** Next.js, 340 MB, in a folder of its own. */
export const nextFolder = join(runtimesFolder, 'next')
export const NEXT_PACKAGES: readonly string[] = ['next@16', 'react@19', 'react-dom@19']

/** What the receiver for Python is run in: for `PYTHONPATH`. */
export const pythonFolder = join(runtimesFolder, 'python')
export const PYTHON_PACKAGES: readonly string[] = ['fastapi', 'uvicorn', 'flask', 'gunicorn']

/** The packages of npm that bring them. */
export function runtimePackages(): string[] {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const node = (major: number) => `node${major}@npm:node-${platform}-${process.arch}@${major}`
  return ['deno@2', 'bun@1', node(22), node(24)]
}

export interface Runtime {
  readonly name: string
  /** Null where it is not installed. */
  readonly command: readonly string[] | null
}

/** Those that the package promises to run on, with how each is called here. */
export function findRuntimes(): Runtime[] {
  const installed = (path: string) => join(runtimesFolder, 'node_modules', path)
  const found = (name: string, paths: readonly string[], options: readonly string[]): Runtime => {
    const program = paths.find((path) => existsSync(path) || spawnSync(path, ['--version']).status === 0)
    return { name, command: program ? [program, ...options] : null }
  }
  return [
    { name: `Node ${process.versions.node.split('.')[0]}`, command: [process.execPath] },
    found('Node 24', [installed('node24/bin/node')], []),
    found('Node 22', [installed('node22/bin/node')], []),
    found('Deno', [installed('.bin/deno'), 'deno'], ['run', '--allow-all', '--no-prompt']),
    found('Bun', [installed('.bin/bun'), 'bun'], ['run']),
  ]
}
