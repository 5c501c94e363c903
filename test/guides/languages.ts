import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { works } from '../receivers/harness/program.ts'
import { receiverFolder } from '../receivers/harness/readme.ts'

const drivers = fileURLToPath(new URL('drivers/', import.meta.url))

const dotnetMajor = Number.parseInt(spawnSync('dotnet', ['--version'], { encoding: 'utf8' }).stdout ?? '', 10) || 0

/** What a language needs on this machine; the text says what is missing. */
export const needsOf: Readonly<Record<string, { there: boolean; reason: string }>> = {
  python: {
    there: works('python3', '-c', 'import sys; sys.exit(sys.version_info < (3, 9))'),
    reason: 'there is no python3 of 3.9 or newer on the PATH',
  },
  php: {
    there: works('php', '-r', 'exit(PHP_VERSION_ID >= 80100 ? 0 : 1);'),
    reason: 'there is no php of 8.1 or newer on the PATH',
  },
  dotnet: {
    there: dotnetMajor >= 8,
    reason: 'there is no .NET SDK of 8 or newer on the PATH (dotnet), which ASP.NET Core needs; Mono does not have it',
  },
  mono: {
    there: works('mcs', '--version') && works('mono', '--version'),
    reason: 'there are no mcs and mono on the PATH (mono-mcs)',
  },
}

/** What a driver has a function judge: the body, the signature that came with it, and the secret. */
export interface SignedCase {
  readonly body: string
  readonly signature: string
  readonly secret: string
}

/** Has a function of a guide judge the cases, in its own language; gives a verdict for each. */
export function judge(language: string, file: string, cases: readonly SignedCase[]): unknown {
  const input = JSON.stringify(cases)
  const [command, args] = driverOf(language, file)
  const run = spawnSync(command, args, { input, encoding: 'utf8', env: { PATH: process.env.PATH } })
  expect(run.stderr, `${file}: ${run.error?.message}`).toBe('')
  return JSON.parse(run.stdout)
}

function driverOf(language: string, file: string): [string, string[]] {
  if (language === 'js') return [process.execPath, [join(drivers, 'signature.mjs'), file]]
  if (language === 'python') return ['python3', ['-B', join(drivers, 'signature.py'), file]]
  if (language === 'php') return ['php', ['-d', 'display_errors=stderr', join(drivers, 'signature.php'), file]]
  const program = file.replace(/\.cs$/, '.exe')
  const sources = [
    file,
    join(drivers, 'Signature.cs'),
    `${fileURLToPath(new URL('../receivers/dotnet', import.meta.url))}/SystemTextJson.cs`,
  ]
  const compiled = spawnSync('mcs', [`-out:${program}`, ...sources], { encoding: 'utf8' })
  expect(compiled.stderr, file).toBe('')
  return ['mono', [program]]
}

/** Makes a folder with a `Program.cs` one that `dotnet run` takes, with the receiver copied beside it. */
export function makeDotnetProject(folder: string): void {
  const sources = ['RingbackReceiver.cs', 'RingbackWebhook.cs'].map((name) => join(receiverFolder('dotnet'), name))
  mkdirSync(folder, { recursive: true })
  for (const file of sources) copyFileSync(file, join(folder, basename(file)))
  writeFileSync(
    join(folder, 'Hook.csproj'),
    `<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net${dotnetMajor}.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
</Project>
`,
  )
}

/** Checks TypeScript and what it imports as a project of the reader would be checked; gives what the compiler says. */
export function typesOf(files: readonly string[], compiler: string, folder: string): string {
  const compilerOptions = {
    ...{ module: 'nodenext', target: 'es2024', lib: ['es2024'], types: ['node'], strict: true, noEmit: true },
    ...{ skipLibCheck: true, allowImportingTsExtensions: true, erasableSyntaxOnly: true },
  }
  const project = join(folder, 'tsconfig.json')
  writeFileSync(project, JSON.stringify({ compilerOptions, files }))
  return spawnSync(compiler, ['-p', project], { encoding: 'utf8', cwd: dirname(project) }).stdout
}
