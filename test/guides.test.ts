import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Block, blocksOf, blocksOfWay, guidesFolder, pages, waysOf } from './guides/blocks.ts'
import { needsOf, typesOf } from './guides/languages.ts'
import { play, prepareProject } from './guides/play.ts'
import { need } from './receivers/harness/program.ts'
import { root } from './repository-files.ts'
import { DEADLINE_MS } from './terminal.ts'

/** Languages with something that runs, compiles or checks them, and what their fences may say. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  sh: ['in', 'background', 'install', 'for'],
  text: ['by', 'for'],
  json: ['schema', 'shown', 'by', 'for'],
  http: ['for'],
  yaml: ['for'],
  js: ['file', 'check', 'for'],
  ts: ['file', 'for'],
  python: ['file', 'check', 'for'],
  php: ['file', 'check', 'for'],
  csharp: ['file', 'check', 'for'],
}

const temporary = mkdtempSync(join(tmpdir(), 'ringback-guides-'))
afterAll(() => rmSync(temporary, { recursive: true }))

/** Whether a command of the page runs the file. */
const isRun = (file: string, blocks: readonly Block[]) =>
  blocks.some(({ language, code }) => language === 'sh' && code.includes(file.split('/').at(-1) as string)) ||
  blocks.some(({ code }) => code.includes(`'./${file}'`)) ||
  (file.endsWith('Program.cs') && blocks.some(({ code }) => code.includes('dotnet run')))

describe('the guides', () => {
  test.each(pages)('%s has no block that nothing runs, compiles or checks', (page) => {
    const blocks = blocksOf(page)
    expect(blocks.length * 2, 'fences').toBe(
      [...readFileSync(join(guidesFolder, page), 'utf8').matchAll(/^ *```/gm)].length,
    )
    for (const { language, told, where } of blocks) {
      expect(Object.keys(KNOWN), where).toContain(language)
      for (const name of Object.keys(told)) expect(KNOWN[language], `${where}: ${name}`).toContain(name)
      if (!KNOWN[language]?.includes('file')) continue
      expect(told.file, where).toBeTruthy()
      expect(told.check === 'signature' || isRun(told.file as string, blocks), `${where}: nobody runs it`).toBe(true)
    }
  })

  test('the index names every guide', () => {
    const index = readFileSync(join(guidesFolder, 'README.md'), 'utf8')
    for (const page of pages.filter((name) => name !== 'README.md')) expect(index).toContain(`](${page})`)
  })

  test('their TypeScript is what the compiler accepts', () => {
    const folder = join(temporary, 'types')
    mkdirSync(folder)
    prepareProject(join(folder, 'project'))
    const files = pages.flatMap((page) =>
      blocksOf(page)
        .filter(({ language }) => language === 'ts')
        .map(({ told, code }) => {
          const inPage = join(folder, 'project', page)
          mkdirSync(inPage, { recursive: true })
          writeFileSync(join(inPage, told.file as string), code)
          return join(inPage, told.file as string)
        }),
    )
    expect(files.length).toBeGreaterThan(0)
    expect(typesOf(files, join(root, 'node_modules/.bin/tsc'), join(folder, 'project'))).toBe('')
  })
})

describe('a reader who follows', { timeout: 4 * DEADLINE_MS }, () => {
  let folder: string
  afterEach(() => {
    if (folder) rmSync(folder, { recursive: true, force: true })
  })

  for (const page of pages.filter((name) => blocksOf(name).length > 0)) {
    for (const way of waysOf(blocksOf(page))) {
      test(`${page}${way ? `, for ${way}` : ''}, sees what it shows`, async (context) => {
        const needed = way === undefined ? undefined : needsOf[way]
        if (needed) need(context, needed.there, `${page}: ${needed.reason}`)
        folder = mkdtempSync(join(temporary, 'page-'))
        await play(blocksOfWay(page, way), folder)
      })
    }
  }
})
