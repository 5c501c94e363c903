import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const run = promisify(execFile)

export const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url))
const receiverFolder = fileURLToPath(new URL('../../receiver', import.meta.url))

/** A project that has installed the package as it would come from the registry. */
export interface Project {
  readonly folder: string
  /** The paths in the package. */
  readonly packed: readonly string[]
  write(files: Readonly<Record<string, string>>): Promise<void>
  /** Type-checks these files alone; gives what the compiler says. */
  compile(files: readonly string[], options: object): Promise<string>
  remove(): Promise<void>
}

export async function createProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'ringback-client-'))
  const write = async (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
    }
  }
  await write({ 'package.json': '{ "type": "module", "private": true }' })
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: packageFolder })
  const [{ filename, files }] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [
    { filename: string; files: { path: string }[] },
  ]
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${filename}`], { cwd: folder })
  return {
    folder,
    packed: files.map(({ path }) => path).sort(),
    write,
    async compile(names, options) {
      const base = { target: 'es2022', strict: true, noEmit: true, skipLibCheck: false, types: [] }
      await write({ 'tsconfig.json': JSON.stringify({ compilerOptions: { ...base, ...options }, files: names }) })
      return await run(join(modules, '.bin/tsc'), ['-p', '.'], { cwd: folder }).then(
        () => '',
        (error: { stdout: string }) => error.stdout,
      )
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Adds the receiver library as its sources are: packing it here would be in the way of its own tests. */
export async function addReceiver({ folder, write }: Project): Promise<void> {
  const exports = { '.': './src/index.ts', './node': './src/node.ts' }
  const manifest = { name: '@ringback/receiver', type: 'module', exports }
  await write({ 'node_modules/@ringback/receiver/package.json': JSON.stringify(manifest) })
  await symlink(join(receiverFolder, 'src'), join(folder, 'node_modules/@ringback/receiver/src'))
  await symlink(join(modules, '@types'), join(folder, 'node_modules/@types'))
  await symlink(join(modules, 'undici-types'), join(folder, 'node_modules/undici-types'))
}
