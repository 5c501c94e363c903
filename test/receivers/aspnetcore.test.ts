import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, expect, type TestContext, test } from 'vitest'
import { freePort } from '../../packages/server/test/harness/ringback.ts'
import { killAllPrograms, need, startProgram } from './harness/program.ts'
import { readmeBlock, receiverFolder } from './harness/readme.ts'
import { expectReceives } from './harness/receives.ts'
import { describeReceiver, SECRET } from './harness/suite.ts'
import { expectSharedVerdicts } from './harness/vectors.ts'

const folder = fileURLToPath(new URL('dotnet', import.meta.url))
const receiver = receiverFolder('dotnet')
const SOURCES = [`${receiver}/RingbackReceiver.cs`, `${receiver}/RingbackWebhook.cs`]
const temporary = mkdtempSync(join(tmpdir(), 'ringback-aspnetcore-'))
afterEach(killAllPrograms)
afterAll(() => rmSync(temporary, { recursive: true }))

/** No first-run texts, no telemetry. */
const ENV = { DOTNET_NOLOGO: '1', DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_CLI_HOME: temporary }

const dotnet = (...args: string[]) =>
  spawnSync('dotnet', args, { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: process.env.HOME, ...ENV } })

/** The version of the SDK, such as 8.0; null without one. */
const version = /^(\d+\.\d+)\./m.exec(dotnet('--version').stdout ?? '')?.[1] ?? null
const major = Number.parseInt(version ?? '0', 10)
const needsSdk = (context: TestContext) =>
  need(context, version !== null, 'there is no .NET SDK on the PATH (dotnet), which the part for ASP.NET Core needs')

/** Builds a project of files as people have them: nullable types and all usings on, a warning in our files is an error. */
function build(name: string, files: readonly string[]): string {
  const project = join(temporary, name)
  mkdirSync(project)
  for (const file of files) copyFileSync(file, join(project, basename(file)))
  writeFileSync(
    join(project, `${name}.csproj`),
    `<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>${major < 5 ? 'netcoreapp' : 'net'}${version}</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
</Project>
`,
  )
  const run = dotnet('build', project, '-o', join(project, 'out'), '--nologo')
  expect(run.status, run.stdout + run.stderr).toBe(0)
  expect(run.stdout).not.toMatch(/Ringback\w+\.cs\(.*warning/)
  return join(project, 'out', `${name}.dll`)
}

let judge: string | undefined
const judgeProgram = () => {
  judge ??= build('Judge', [...SOURCES, `${folder}/Judge.cs`, `${folder}/Behaviours.cs`, `${folder}/AspNetCore.cs`])
  return judge
}

test('.NET judges the shared cases as they are written', { timeout: 300_000 }, (context) => {
  needsSdk(context)
  expectSharedVerdicts('dotnet', [judgeProgram(), 'judge'], ENV)
})

test('what is not HTTP: events, stores, secrets of a function, draining, cut bodies', {
  timeout: 300_000,
}, (context) => {
  needsSdk(context)
  const run = dotnet(judgeProgram(), 'behaviours')
  expect([run.stderr, run.stdout]).toEqual(['', 'OK\n'])
})

describeReceiver({
  name: '.NET as middleware of ASP.NET Core',
  needs: needsSdk,
  async start(settings) {
    const server = startProgram('dotnet', [judgeProgram(), 'serve'], { ...ENV, ...settings })
    await server.listens(Number(settings.PORT))
    return undefined
  },
})

test('README, ten lines: the receiver prints a real delivery', { timeout: 300_000 }, async (context) => {
  needsSdk(context)
  need(context, major >= 8, `this .NET SDK (${version}) is older than 8`)
  const port = await freePort()
  const file = join(temporary, 'Program.cs')
  writeFileSync(file, readmeBlock('dotnet', 'csharp', 'WebApplication').replace('3000', String(port)))
  const program = startProgram('dotnet', [build('Readme', [...SOURCES, file])], { ...ENV, SECRET })
  await program.listens(port)
  await expectReceives(program, port)
})
