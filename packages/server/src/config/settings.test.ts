import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Setting } from './setting.ts'
import { SETTINGS } from './settings.ts'

const page = readFileSync(new URL('../../../../docs/settings.md', import.meta.url), 'utf8')

/** The rows of the page's table, by the name of the setting. */
function documentedRows(): Record<string, { unset: string; expected: string; example: string; description: string }> {
  const rows = page.split('\n').filter((line) => line.startsWith('| `RINGBACK_'))
  return Object.fromEntries(
    rows.map((row) => {
      const [, name = '', unset = '', expected = '', example = '', description = ''] = row
        .split(' | ')
        .join('|')
        .split('|')
      const trim = (cell: string) => cell.trim()
      return [
        trim(name).replaceAll('`', ''),
        { unset: trim(unset), expected: trim(expected), example: trim(example), description: trim(description) },
      ]
    }),
  )
}

function unsetText(row: Setting<unknown>): string {
  if (row.default === null) return row.whenUnset ?? ''
  return row.default === '' ? 'none' : `\`${row.default}\``
}

describe('docs/settings.md', () => {
  test('lists every setting of the table with its default, values, example and description, and no other', () => {
    const table = Object.values(SETTINGS).map((row: Setting<unknown>) => [
      row.name,
      {
        unset: unsetText(row),
        expected: row.expected,
        example: row.secret ? row.example : `\`${row.example}\``,
        description: row.description,
      },
    ])
    expect(documentedRows()).toEqual(Object.fromEntries(table))
  })

  test('names no variable that does not exist', () => {
    const known = new Set<string>(Object.values(SETTINGS).map((row) => row.name))
    for (const [name] of page.matchAll(/RINGBACK_[A-Z_]*[A-Z]/g)) expect(known).toContain(name)
  })
})

test.each(Object.values(SETTINGS).map((row: Setting<unknown>) => [row.name, row] as const))(
  'the default and the example of %s are values that it accepts',
  (_name, row) => {
    if (row.default !== null) expect(() => row.parse(row.default as string)).not.toThrow()
    if (!row.secret) expect(() => row.parse(row.example)).not.toThrow()
    if (row.default === null) expect(row.whenUnset).toBeTruthy()
  },
)
