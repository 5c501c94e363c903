import type { TaskRegistry } from '../../tasks/registry.ts'
import { isCustomType } from '../../workflows/definition.ts'
import type { Workflows } from '../../workflows/workflows.ts'
import { invalidRequest } from '../zod-problems.ts'

/**
 * Checks that job types exist: on this server, or as workflows of the account.
 * @throws AppError `request.invalid` with the field of each that does not
 */
export async function requireKnownTypes(
  deps: { readonly tasks: Pick<TaskRegistry, 'byType' | 'all'>; readonly workflows: Pick<Workflows, 'unknownTypes'> },
  accountId: string,
  types: readonly string[],
  fieldOf: (index: number) => string,
): Promise<void> {
  const custom = types.filter(isCustomType)
  const unknown = new Set(custom.length === 0 ? [] : await deps.workflows.unknownTypes(accountId, custom))
  for (const type of types) if (!isCustomType(type) && !deps.tasks.byType(type)) unknown.add(type)
  if (unknown.size === 0) return
  const known = deps.tasks.all.map(({ type }) => type).join(', ')
  throw invalidRequest(
    [...unknown].map((type) => ({
      field: fieldOf(types.indexOf(type)),
      message: isCustomType(type)
        ? `is not the job type of a workflow of this account: ${JSON.stringify(type)}`
        : `is not a job type of this server: ${JSON.stringify(type)}; known are ${known}, and those of the workflows of the account`,
    })),
  )
}
