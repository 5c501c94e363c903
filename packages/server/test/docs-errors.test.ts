import { readFileSync } from 'node:fs'
import { ERRORS, JOB_ERRORS } from '@ringback/contract'
import { describe, expect, test } from 'vitest'

const DOCS = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')

/** The codes that have a section under a heading of the page, with the text of the section. */
function sectionsUnder(heading: string): Map<string, string> {
  const chapter = DOCS.split(/^## /m).find((text) => text.startsWith(heading)) ?? ''
  return new Map(
    chapter
      .split(/^### /m)
      .slice(1)
      .map((section): [string, string] => {
        const [code = '', ...text] = section.split('\n')
        return [code.replaceAll('`', '').trim(), text.join('\n')]
      }),
  )
}

describe('docs/errors.md', () => {
  test('has one section for each error of the API, with its status, and for nothing else', () => {
    const sections = sectionsUnder('Errors of the API')
    expect([...sections.keys()].toSorted()).toEqual(Object.keys(ERRORS).toSorted())
    for (const [code, { status }] of Object.entries(ERRORS)) {
      expect(sections.get(code), code).toContain(`HTTP ${status}`)
    }
  })

  test('has one section for each error of a failed job, and for nothing else', () => {
    const sections = sectionsUnder('Errors of failed jobs')
    expect([...sections.keys()].toSorted()).toEqual(Object.keys(JOB_ERRORS).toSorted())
  })
})
