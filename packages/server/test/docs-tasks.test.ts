import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { TASKS } from '../src/tasks/registry.ts'
import { sampleResult } from '../src/tasks/sample-result.ts'

const readPage = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')

const DOCS = readPage('tasks.md')

const SECTIONS = new Map(
  `${DOCS}\n${readPage('tasks-files.md')}`.split(/^## /m).map((section): [string, string] => {
    const [type = '', ...text] = section.split('\n')
    return [type, text.join('\n')]
  }),
)

test('docs/tasks.md lists every task with its path, and nothing else', () => {
  const rows = [...DOCS.matchAll(/^\| \[`(\w+)`\]\((?:tasks-files\.md)?#\w+\) \| `(\S+)` \| (yes|no) \|$/gm)]
  expect(rows.map(([, type, path, model]) => ({ type, path, model }))).toEqual(
    TASKS.map(({ type, path, kind }) => ({ type, path, model: kind === 'model' ? 'yes' : 'no' })),
  )
})

test.each(TASKS)('the section of $type has each field, and says whether it is required', ({ type, input }) => {
  const { properties = {}, required = [] } = z.toJSONSchema(input, { io: 'input' })
  const rows = [...(SECTIONS.get(type) ?? '').matchAll(/^\| `(\w+)` \| (\w+) \|/gm)]
  expect(rows.map(([, name, need]) => [name, need])).toEqual(
    Object.keys(properties).map((name) => [name, required.includes(name) ? 'required' : 'optional']),
  )
})

test.each(TASKS)('the example of $type is a result that the task may give', ({ type, result }) => {
  const [, example = ''] = /```json\n(.*?)\n```/s.exec(SECTIONS.get(type) ?? '') ?? []
  const parsed: unknown = JSON.parse(example)
  expect(result.parse(parsed)).toEqual(parsed)
  // `ringback trigger` sends it.
  expect(sampleResult(type, null)).toEqual(parsed)
})
