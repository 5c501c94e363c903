import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, type TestContext, test } from 'vitest'
import { need, startProgram, works } from './harness/program.ts'
import { readmeBlock, readmeBlocks, receiverFolder } from './harness/readme.ts'
import { describeReceiver } from './harness/suite.ts'
import { expectSharedVerdicts } from './harness/vectors.ts'

// Mono is what machines without a .NET SDK can have. It knows no ASP.NET Core: that part is compiled against declarations, and
// run by aspnetcore.test.ts alone.

const folder = fileURLToPath(new URL('dotnet', import.meta.url))
const receiver = receiverFolder('dotnet')
const temporary = mkdtempSync(join(tmpdir(), 'ringback-dotnet-'))
afterAll(() => rmSync(temporary, { recursive: true }))

const hasMono = works('mcs', '--version') && works('mono', '--version')
const needsMono = (context: TestContext) => need(context, hasMono, 'there are no mcs and mono on the PATH (mono-mcs)')

const program = join(temporary, 'Judge.exe')
const parser = `${folder}/SystemTextJson.cs`

/** Compiles files, or with options, into a program; what the compiler said. */
const compile = (out: string, ...files: string[]) => spawnSync('mcs', [`-out:${out}`, ...files], { encoding: 'utf8' })

const VERIFYING = `${receiver}/RingbackWebhook.cs`
const RECEIVING = [VERIFYING, `${receiver}/RingbackReceiver.cs`]

/** The line that the text has for a route. */
function readmeRoute(): string {
  const route = /`(app\.MapPost\(.+?\))`/.exec(readFileSync(`${receiver}/README.md`, 'utf8'))?.[1]
  return `${route};`
}

/** Statements on top level as a class, without the sign for "not null": mcs knows C# 7, which has neither. */
function asClass(code: string, ...more: string[]): string {
  const lines = [...code.replaceAll(')!', ')').trim().split('\n'), ...more]
  const usings = lines.filter((line) => line.startsWith('using '))
  const statements = lines.filter((line) => !line.startsWith('using '))
  return [
    // The usings that a project of ASP.NET Core has unless told.
    ...['using System;', 'using Microsoft.AspNetCore.Builder;', ...usings],
    ...['public static class Program { public static void Main() {', ...statements, '} }'],
  ].join('\n')
}

const compiled = hasMono
  ? compile(program, ...RECEIVING, parser, `${folder}/Judge.cs`, `${folder}/Behaviours.cs`)
  : null

test('Mono compiles the receiver without warnings', (context) => {
  needsMono(context)
  expect(compiled?.stderr).toBe('')
})

test('the part for ASP.NET Core and the ten lines of README have the right names and types; they are not run', (context) => {
  needsMono(context)
  const file = join(temporary, 'Program.cs')
  writeFileSync(file, asClass(readmeBlock('dotnet', 'csharp', 'WebApplication'), readmeRoute()))
  const types = ['-define:NETCOREAPP', '-target:library', `${folder}/AspNetCoreTypes.cs`, parser]
  expect(compile(join(temporary, 'AspNetCore.dll'), ...types, ...RECEIVING, file).stderr).toBe('')
})

test('what is not HTTP: events, stores, secrets of a function, draining, cut bodies, faults of others', (context) => {
  needsMono(context)
  const run = spawnSync('mono', [program, 'behaviours'], { encoding: 'utf8' })
  expect([run.stderr, run.stdout]).toEqual(['', 'OK\n'])
})

test('.NET judges the shared cases as they are written, on Mono', (context) => {
  needsMono(context)
  expectSharedVerdicts('mono', [program, 'judge'])
})

describeReceiver({
  name: '.NET on HttpListener, on Mono',
  needs: needsMono,
  async start(settings) {
    const server = startProgram('mono', [program, 'serve'], settings)
    await server.listens(Number(settings.PORT))
    return undefined
  },
})

describe('receivers/dotnet/README.md', () => {
  test('has the blocks that these tests know, and no others', () => {
    expect(readmeBlocks('dotnet', 'csharp')).toHaveLength(2)
  })

  test('verifying alone needs one file: the block says why not', (context) => {
    needsMono(context)
    const file = join(temporary, 'Block.cs')
    writeFileSync(
      file,
      `${readmeBlock('dotnet', 'csharp', 'DeliveryOf')}
public static class Block
{
    public static void Main() { Console.Write(Deliveries.DeliveryOf(new byte[0], name => null, new[] { "secret" })); }
}
`,
    )
    expect(compile(join(temporary, 'Block.exe'), VERIFYING, parser, file).stderr).toBe('')
    const run = spawnSync('mono', [join(temporary, 'Block.exe')], { encoding: 'utf8' })
    expect([run.stdout, run.stderr]).toEqual(['refused: signature.missing', ''])
  })
})
