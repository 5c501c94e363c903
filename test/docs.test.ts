import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repositoryFiles, root } from './repository-files.ts'

const files = repositoryFiles()
const pages = files.filter((file) => file.endsWith('.md'))

/** What a heading's anchor is on GitHub: lower case, no marks, dashes for spaces. */
function anchorsOf(page: string): string[] {
  const headings = readFileSync(join(root, page), 'utf8').matchAll(/^#+ (.+)$/gm)
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

describe('the pages', () => {
  test.each(pages)('%s links to files and headings that are there', (page) => {
    const text = readFileSync(join(root, page), 'utf8').replace(/```.*?```/gs, '')
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
    for (const link of links.filter((name) => !/^[a-z]+:/.test(name))) {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? page : join(dirname(page), path)
      expect(existsSync(join(root, target)), `${link} is not there`).toBe(true)
      if (anchor) expect(anchorsOf(target), link).toContain(anchor)
    }
  })

  test('the list of decisions has every record', () => {
    const records = files.filter((file) => /^docs\/adr\/\d/.test(file)).map((file) => file.slice('docs/adr/'.length))
    const index = readFileSync(join(root, 'docs/adr/README.md'), 'utf8')
    expect([...index.matchAll(/\]\((\d[^)]*)\)/g)].map(([, link]) => link)).toEqual(records)
  })

  test('every npm command that they name is one', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    for (const page of pages) {
      const text = readFileSync(join(root, page), 'utf8')
      for (const [, name = ''] of text.matchAll(/npm run (\w+)/g)) expect(scripts, page).toHaveProperty(name)
    }
  })
})
