import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { TASKS } from '../registry.ts'
import { checkTasks } from './check-tasks.ts'
import type { CodeTask } from './define-task.ts'

const PLACE = '/somewhere/ringback.config.ts:9'

const TASK: CodeTask = {
  type: 'text_count',
  path: '/text/count',
  input: z.object({ content: z.string(), size: z.coerce.number().default(1).nullish() }),
  result: z.object({ count: z.int() }),
  run: () => ({ count: 1 }),
}

/** What is wrong with the tasks, without the place. */
function problems(...tasks: unknown[]): string[] {
  const checked = checkTasks({ tasks }, TASKS, PLACE)
  return 'problems' in checked ? checked.problems.map((problem) => problem.replace(/^.*?:\d+: /, '')) : []
}

test('a right task becomes one of the server, with a summary when it has none', () => {
  const checked = checkTasks({ tasks: [TASK] }, TASKS, PLACE)
  expect(checked).toMatchObject({ tasks: [{ type: 'text_count', kind: 'code', summary: 'Runs text_count.' }] })
})

test.each<[exported: unknown]>([[undefined], [null], [[TASK]], [{ tasks: TASK }], [{ task: [TASK] }], ['tasks']])(
  'a default export that is %j is refused with its place',
  (exported) => {
    const problem = `${PLACE}: the default export must be { tasks: [defineTask({ … }), …] }`
    expect(checkTasks(exported, TASKS, PLACE)).toEqual({ problems: [problem] })
  },
)

test('what is beside the tasks is refused', () => {
  expect(checkTasks({ tasks: [], port: 1 }, TASKS, PLACE)).toEqual({
    problems: [`${PLACE}: the default export has "port", which is not known`],
  })
})

describe('a task is refused with', () => {
  test.each<[what: string, change: object, problem: string]>([
    [
      'a type with capitals',
      { type: 'Text' },
      'task "Text": "type" must be lower-case words joined by "_", at most 64 characters',
    ],
    [
      'a use of the model that is no yes or no',
      { usesModel: 'yes' },
      'task "text_count": "usesModel" must be true or false',
    ],
    [
      'no type',
      { type: undefined },
      'task number 1: "type" must be lower-case words joined by "_", at most 64 characters',
    ],
    [
      'the type of a workflow',
      { type: 'custom_x' },
      'task "custom_x": "type" begins with "custom_", as the types of workflows do',
    ],
    [
      'a type that is there',
      { type: 'content_translate' },
      'task "content_translate": there is a task of the type "content_translate" already',
    ],
    [
      'a path that is there',
      { path: '/content/translate' },
      'task "text_count": there is a task with the path "/content/translate" already',
    ],
    [
      'a path of one part',
      { path: '/count' },
      'task "text_count": "path" must have two parts of lower-case words, such as "/text/count_words"',
    ],
    [
      'a path with a parameter',
      { path: '/text/:id' },
      'task "text_count": "path" must have two parts of lower-case words, such as "/text/count_words"',
    ],
    [
      'a path of the server',
      { path: '/webhooks/count' },
      'task "text_count": "path" begins with "/webhooks", where the server has routes of its own',
    ],
    ['a summary that is no text', { summary: 1 }, 'task "text_count": "summary" must be a string'],
    [
      'an input that is no schema',
      { input: { content: 'string' } },
      'task "text_count": "input" must be a zod 4 schema',
    ],
    ['no run', { run: undefined }, 'task "text_count": "run" must be a function'],
  ])('%s', (_what, change, problem) => {
    expect(problems({ ...TASK, ...change })).toEqual([problem])
  })

  test('a schema that converts values, because the job keeps them as JSON', () => {
    const [input] = problems({ ...TASK, input: z.object({ at: z.date() }) })
    expect(input).toMatch(/^task "text_count": "input" has something that JSON cannot carry as it is: /)
    expect(problems({ ...TASK, result: z.string().transform(Number) })).toHaveLength(1)
  })

  test('what is no object', () => {
    expect(problems(null, 'x')).toEqual(['task number 1: is no object', 'task number 2: is no object'])
  })
})

test('two tasks of one file may not have one type', () => {
  expect(problems(TASK, { ...TASK, path: '/text/other' })).toEqual([
    'task "text_count": there is a task of the type "text_count" already',
  ])
})
