import { expect, test } from 'vitest'
import { z } from 'zod'
import { createTaskRegistry, TASKS } from './registry.ts'
import { defineTask, type Task } from './task.ts'

function task(type: string, path: Task['path']): Task {
  return defineTask({
    type,
    path,
    summary: '',
    kind: 'offline',
    input: z.object({}),
    result: z.null(),
    run: () => null,
  })
}

test('every task is found by its type and by its path', () => {
  const registry = createTaskRegistry()
  expect(registry.all).toEqual(TASKS)
  for (const known of TASKS) {
    expect(registry.byType(known.type)).toBe(known)
    expect(registry.byPath(known.path)).toBe(known)
  }
  expect(registry.byType('content_nothing')).toBeUndefined()
  expect(registry.byPath('/content/nothing')).toBeUndefined()
})

test('a type is its path with underscores: clients of the original know jobs by both', () => {
  // The one exception of the original (wire facts, section 2.1).
  const exceptions: Record<string, string> = { '/finance/parse_invoice': 'invoice_parse' }
  for (const { type, path } of TASKS) expect(type).toBe(exceptions[path] ?? path.slice(1).replaceAll('/', '_'))
})

test('two tasks with the same type or path do not start', () => {
  expect(() => createTaskRegistry([task('a_b', '/a/b'), task('a_b', '/a/c')])).toThrow('the type "a_b"')
  expect(() => createTaskRegistry([task('a_b', '/a/b'), task('a_c', '/a/b')])).toThrow('the path "/a/b"')
})

/** Fields that some task requires. */
const INPUT = {
  content: 'x',
  language: 'German',
  name: 'x',
  file: { document_id: 'x', name: 'cv.pdf', kind: 'pdf', size: 1 },
}

/** Texts to work on; what is only the name of something is shorter. */
const longTextTasks = TASKS.filter(({ input }) => input.safeParse({ ...INPUT, content: 'x'.repeat(1_000) }).success)

interface ObjectSchema {
  readonly properties: Record<string, unknown>
  readonly required: readonly string[]
}
const inputSchemaOf = ({ input }: Task) => z.toJSONSchema(input, { io: 'input' }) as unknown as ObjectSchema

test('every input and result can be written as JSON Schema, for the documentation', () => {
  for (const task of TASKS) {
    expect(inputSchemaOf(task).properties, task.type).not.toEqual({})
    expect(z.toJSONSchema(task.result), task.type).toHaveProperty('type')
  }
})

test.each(TASKS)('$type takes null and the empty string for every field that may be left out', (task) => {
  const { properties, required } = inputSchemaOf(task)
  const optional = Object.keys(properties).filter((name) => !required.includes(name))
  for (const none of [null, '']) {
    const input = { ...INPUT, ...Object.fromEntries(optional.map((name) => [name, none])) }
    expect(task.input.safeParse(input).error).toBeUndefined()
  }
})

test('fields that a task does not know are ignored', () => {
  for (const { input, type } of TASKS) {
    expect(input.parse({ ...INPUT, unknown: { a: 1 } }), type).not.toHaveProperty('unknown')
  }
})

test.each(TASKS)('$type refuses what it requires and does not get', (task) => {
  const { required } = inputSchemaOf(task)
  expect(required).not.toEqual([])
  for (const field of required) {
    for (const value of [undefined, null, 5, '', 'x'.repeat(500_001)]) {
      const parsed = task.input.safeParse({ ...INPUT, [field]: value })
      expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual([field])
    }
  }
})

test('a text to work on may have half a million characters', () => {
  expect(longTextTasks.length).toBeGreaterThan(15)
  for (const { input, type } of longTextTasks) {
    expect(input.safeParse({ ...INPUT, content: 'x'.repeat(500_000) }).success, type).toBe(true)
  }
})

test('a task that takes files has a reference to each in its input', () => {
  for (const { input, files = [] } of TASKS) {
    for (const { field, accepts } of files) {
      expect(z.toJSONSchema(input, { io: 'input' })).toHaveProperty(`properties.${field}.properties.document_id`)
      expect(accepts.length).toBeGreaterThan(0)
    }
  }
})
