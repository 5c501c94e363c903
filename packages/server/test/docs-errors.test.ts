import { readFileSync } from 'node:fs'
import { ATTEMPT_CAUSES, type AttemptCause, ERRORS, JOB_ERRORS } from '@ringback/contract'
import { describe, expect, test } from 'vitest'
import { judge } from '../src/courier/judge.ts'
import { NOTHING_SENT } from '../src/courier/sending/outcome.ts'

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

describe('docs/webhooks.md', () => {
  const page = readFileSync(new URL('../../../docs/webhooks.md', import.meta.url), 'utf8')
  const table = page.split('### Why an attempt failed')[1]?.split('\n#')[0] ?? ''
  const rows = [...table.matchAll(/^\| `(\w+)` \| .* \| ([^|]+) \|$/gm)]

  test('has one row for each cause of a failed attempt, and for nothing else', () => {
    expect(rows.map(([, cause]) => cause)).toEqual(ATTEMPT_CAUSES)
  })

  // What is interrupted is never judged: whoever finds the process dead decides.
  test.each(rows.filter(([, cause]) => cause !== 'interrupted').map(([, cause, counts]) => ({ cause, counts })))(
    'says what `$cause` counts for: $counts',
    ({ cause, counts }) => {
      const failure = { cause: cause as AttemptCause, message: '' }
      const delivery = { trigger: 'job', failureCount: 0, probe: false, deliveredBefore: false } as const
      const options = { scheduleMs: [10_000], now: 0, random: () => 0 }
      const { report, spendsSchedule } = judge({ ...NOTHING_SENT, failure }, delivery, options)
      if (report !== null) expect(counts).toBe('against the webhook')
      else expect(counts).toMatch(spendsSchedule ? /^for the schedule only/ : /^for nothing/)
    },
  )
})
