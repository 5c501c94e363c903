import { z } from 'zod'
import { type DocumentTaskContext, type Task, TaskError } from './task.ts'

/**
 * Runs a task on the input text of a job and gives its result, checked.
 *
 * The input was checked when the job was accepted, and is checked again: a job may have waited over an update that
 * changed the task.
 * @throws TaskError `job.task_failed` for an input that does not fit any more, `job.result_invalid` for a result that
 *   does not fit; what the task throws is thrown as it is
 */
export async function executeTask(task: Task, inputText: string, context: DocumentTaskContext): Promise<unknown> {
  const input = task.input.safeParse(JSON.parse(inputText))
  if (!input.success) {
    const problems = z.prettifyError(input.error)
    throw new TaskError('job.task_failed', `The input of the job does not fit ${task.type} any more. ${problems}`)
  }
  const result = task.result.safeParse(await task.run(input.data, context))
  if (!result.success) {
    throw new TaskError('job.result_invalid', `The result of ${task.type} is not what its schema promises.`, {
      cause: result.error,
    })
  }
  return result.data
}
