import type { z } from 'zod'
import type { TaskDocuments } from './documents/task-documents.ts'
import type { Task, TaskModel } from './task.ts'

const refuse = () => Promise.reject(new Error('there are no documents here'))
const NO_DOCUMENTS: TaskDocuments = { read: refuse, readAll: refuse }

/** What a task asked its model. */
interface Asked {
  readonly message: unknown
  readonly instructions: string
  /** What the task doubts about the answer. */
  readonly doubt: string | null
}

/**
 * Runs a task as a job would, with a model of one fixed answer: what the task makes of its input and of an answer is
 * what its test is about. The real model is tested in `test/models.test.ts`, over sockets.
 */
export async function runWithAnswer(
  task: Task,
  input: unknown,
  answer: unknown,
): Promise<{ result: unknown; asked: Asked }> {
  let asked: Asked | undefined
  const model: TaskModel = {
    generate({ schema, content, instructions, doubt }) {
      const value = schema.parse(answer) as z.output<typeof schema>
      asked = { message: JSON.parse(content), instructions, doubt: doubt?.(value) ?? null }
      return Promise.resolve(value)
    },
  }
  const result = task.result.parse(
    await task.run(task.input.parse(input), { model, signal: new AbortController().signal, documents: NO_DOCUMENTS }),
  )
  if (!asked) throw new Error(`${task.type} asked no model`)
  return { result, asked }
}
