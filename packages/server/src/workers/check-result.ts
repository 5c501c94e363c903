import { explainIssue } from '@ringback/contract'
import type { FieldProblem } from '../lib/errors.ts'
import { ResultNotSendableError, serialiseResult } from '../webhooks/payload.ts'
import type { WorkflowDefinition } from '../workflows/definition.ts'
import { buildOutputSchema } from '../workflows/output-schema.ts'

/** Problems in one answer. */
const PROBLEMS_MAX = 20

/** The result as it is stored and sent, or what is wrong with it, each with its path (`result.items.0.name`). */
export function checkResult(
  { outputSchema }: Pick<WorkflowDefinition, 'outputSchema'>,
  result: unknown,
): { resultText: string } | { problems: FieldProblem[] } {
  if (outputSchema !== null) {
    const checked = buildOutputSchema(outputSchema, 'refuse').safeParse(result, { error: explainIssue })
    if (!checked.success) {
      const problems = checked.error.issues.flatMap((issue) => {
        const keys = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]
        const message = issue.code === 'unrecognized_keys' ? 'is not in the output schema' : issue.message
        return keys.map((path) => ({ field: ['result', ...path].join('.'), message }))
      })
      return { problems: problems.slice(0, PROBLEMS_MAX) }
    }
  }
  try {
    return { resultText: serialiseResult(result) }
  } catch (error) {
    if (error instanceof ResultNotSendableError) return { problems: [{ field: 'result', message: error.message }] }
    throw error
  }
}
