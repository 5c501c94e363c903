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
  for (const { type, path } of TASKS) expect(type).toBe(path.slice(1).replaceAll('/', '_'))
})

test('two tasks with the same type or path do not start', () => {
  expect(() => createTaskRegistry([task('a_b', '/a/b'), task('a_b', '/a/c')])).toThrow('the type "a_b"')
  expect(() => createTaskRegistry([task('a_b', '/a/b'), task('a_c', '/a/b')])).toThrow('the path "/a/b"')
})

test('every input and result can be written as JSON Schema, for the documentation', () => {
  for (const { input, result } of TASKS) {
    expect(z.toJSONSchema(input, { io: 'input' })).toHaveProperty('properties.content')
    expect(z.toJSONSchema(result)).toHaveProperty('type')
  }
})

test('fields that a task does not know are ignored', () => {
  for (const { input } of TASKS) {
    expect(input.safeParse({ content: 'x', language: 'German', unknown: { a: 1 } }).success).toBe(true)
  }
})

test('content is required, is a string, and has a limit', () => {
  for (const { input } of TASKS) {
    for (const content of [undefined, null, 5, '', 'x'.repeat(500_001)]) {
      const parsed = input.safeParse({ content, language: 'German' })
      expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual(['content'])
    }
    expect(input.safeParse({ content: 'x'.repeat(500_000), language: 'German' }).success).toBe(true)
  }
})
