import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../repository-files.ts'

export const guidesFolder = join(root, 'docs/guides')

/** The names of all guides, the index among them. */
export const pages: readonly string[] = readdirSync(guidesFolder)
  .filter((name) => name.endsWith('.md'))
  .sort()

/**
 * A fenced block. What follows the language in the first line of its fence is not shown to readers and tells the test what
 * to do with it: words, and names with values (`file=receiver.ts for=node`).
 */
export interface Block {
  /** `page.md:12`, for messages. */
  readonly where: string
  readonly language: string
  readonly told: Readonly<Record<string, string>>
  readonly code: string
}

/** The whole text of the page that a block stands in. */
export function textOf({ where }: Block): string {
  return readFileSync(join(guidesFolder, where.replace(/:\d+$/, '')), 'utf8')
}

/** All fenced blocks of a guide, also those inside lists. */
export function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(join(guidesFolder, page), 'utf8')
  return [...text.matchAll(/^( *)```([^\n`]*)\n(.*?)^\1```$/gms)].map((match) => {
    const [, indent = '', info = '', code = ''] = match
    const [language = '', ...words] = info.trim().split(/\s+/)
    return {
      where: `${page}:${text.slice(0, match.index).split('\n').length}`,
      language,
      told: Object.fromEntries(words.map((word) => word.split('=', 2)).map(([name = '', value = '']) => [name, value])),
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }
  })
}

/** The ways in which a page can be followed: blocks with `for=<names>` are for these, all others for each. */
export function waysOf(blocks: readonly Block[]): readonly (string | undefined)[] {
  const names = [...new Set(blocks.flatMap(({ told }) => told.for?.split(',') ?? []))]
  return names.length > 0 ? names : [undefined]
}

/** The blocks of one way, after the files of other guides that the page says it goes on with. */
export function blocksOfWay(page: string, way: string | undefined): readonly Block[] {
  const text = readFileSync(join(guidesFolder, page), 'utf8')
  const given = [...text.matchAll(/<!-- with (\S+) of (\S+) -->/g)].map(([, file, other = '']) => {
    const block = blocksOf(other).find(({ told }) => told.file === file)
    if (!block) throw new Error(`${page}: ${other} has no ${file}`)
    return block
  })
  const own = blocksOf(page).filter(({ told }) => told.for === undefined || told.for.split(',').includes(way ?? ''))
  return [...given, ...own]
}
