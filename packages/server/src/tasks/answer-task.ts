import type { z } from 'zod'
import { modelMessage } from './model-message.ts'
import { defineTask, type Task, type TaskContext } from './task.ts'

interface AnswerTask<Input extends z.ZodType, Result extends z.ZodType>
  extends Pick<Task<Input, Result, TaskContext>, 'type' | 'path' | 'summary' | 'input' | 'result'> {
  /** What the answer is called where the provider wants a name. */
  readonly schemaName: string
  readonly instructions: string
  /** What the model is told of an input. */
  readonly message: (input: z.output<Input>) => Parameters<typeof modelMessage>[0]
}

/** Makes a task whose result is the answer of the model as it is: the schema of the result, which changes nothing, is asked for. */
export function defineAnswerTask<Input extends z.ZodType, Result extends z.ZodType>({
  schemaName,
  instructions,
  message,
  ...task
}: AnswerTask<Input, Result>): Task<Input, Result, TaskContext> {
  return defineTask<Input, Result>({
    ...task,
    kind: 'model',
    async run(input, { model, signal }) {
      const content = modelMessage(message(input))
      const answer = await model.generate({ schema: task.result, schemaName, instructions, content, signal })
      // The cast: what comes out of a schema that changes nothing goes into it.
      return answer as z.input<Result>
    },
  })
}
