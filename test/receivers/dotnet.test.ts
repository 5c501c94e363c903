import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, type TestContext, test } from 'vitest'
import { need, startProgram, works } from './harness/program.ts'
import { readmeBlock, readmeBlocks, receiverFolder } from './harness/readme.ts'
import { describeReceiver } from './harness/suite.ts'
import { expectSharedVerdicts } from './harness/vectors.ts'

// Mono is what machines without a .NET SDK can have. It knows no ASP.NET Core: that part is left out by the compiler.

const folder = fileURLToPath(new URL('dotnet', import.meta.url))
const receiver = receiverFolder('dotnet')
const temporary = mkdtempSync(join(tmpdir(), 'ringback-dotnet-'))
afterAll(() => rmSync(temporary, { recursive: true }))

const hasMono = works('mcs', '--version') && works('mono', '--version')
const needsMono = (context: TestContext) => need(context, hasMono, 'there are no mcs and mono on the PATH (mono-mcs)')

const program = join(temporary, 'Judge.exe')
const parser = `${folder}/SystemTextJson.cs`

/** Compiles files into a program; what the compiler said. */
const compile = (out: string, ...files: string[]) =>
  spawnSync('mcs', [`-out:${out}`, `${receiver}/RingbackReceiver.cs`, `${receiver}/RingbackWebhook.cs`, ...files], {
    encoding: 'utf8',
  })

const compiled = hasMono ? compile(program, parser, `${folder}/Judge.cs`) : null

test('Mono compiles the receiver without warnings, but for the part for ASP.NET Core, which it leaves out', (context) => {
  needsMono(context)
  expect(compiled?.stderr).toBe('')
  // biome-ignore lint/suspicious/noConsole: what was not compiled must be seen
  console.warn('not compiled here: the part of RingbackReceiver.cs for ASP.NET Core, which Mono does not have')
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

  test('verifying alone: the block says why not', (context) => {
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
    expect(compile(join(temporary, 'Block.exe'), parser, file).stderr).toBe('')
    const run = spawnSync('mono', [join(temporary, 'Block.exe')], { encoding: 'utf8' })
    expect([run.stdout, run.stderr]).toEqual(['refused: signature.missing', ''])
  })
})
