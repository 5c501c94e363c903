import { messageOf } from '../lib/errors.ts'
import { StoreUnavailableError } from '../store/errors.ts'
import type { WorkflowStore } from '../store/workflows.ts'
import { metered, type TaskJob, type TaskRunner } from '../tasks/run-task.ts'
import { TaskError, type TaskModel } from '../tasks/task.ts'
import { isCustomType, type WorkflowDefinition } from './definition.ts'
import { findAccepted } from './job-input.ts'
import { buildOutputSchema } from './output-schema.ts'

/** Longest name of a schema that providers take, in characters. */
const SCHEMA_NAME_LENGTH_MAX = 64

type RunContext = Parameters<TaskRunner['run']>[1]

/**
 * Runs jobs of workflows with the model, and all others as `tasks` does. The account's instructions go where ours go;
 * parameters are callers' text and are only ever fenced content.
 */
export function withWorkflows(
  tasks: Pick<TaskRunner, 'run'>,
  options: { readonly store: Pick<WorkflowStore, 'findWorkflowVersion'>; readonly model: TaskModel },
): Pick<TaskRunner, 'run'> {
  async function runWorkflow(job: TaskJob, { signal, onCall }: RunContext): Promise<unknown> {
    signal.throwIfAborted()
    const { definition, parameters } = await readAccepted(job)
    if (definition.outputSchema === null) {
      throw new TaskError('job.unknown_type', `The job is for a worker; this server does not run "${job.type}".`)
    }
    const model = onCall ? metered(options.model, onCall) : options.model
    return model.generate({
      schema: buildOutputSchema(definition.outputSchema, 'drop'),
      schemaName: job.type.slice(0, SCHEMA_NAME_LENGTH_MAX),
      instructions: instructionsOf(definition),
      content: JSON.stringify(parameters),
      signal,
    })
  }

  async function readAccepted(job: TaskJob) {
    try {
      return await findAccepted(options.store, job)
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
      const cause = new Error(messageOf(error))
      throw new TaskError('job.interrupted', 'The definition of the workflow could not be read.', {
        retryable: true,
        cause,
      })
    }
  }

  return {
    run: (job, context) => (isCustomType(job.type) ? runWorkflow(job, context) : tasks.run(job, context)),
  }
}

function instructionsOf({ instructions, parameters }: WorkflowDefinition): string {
  const named = parameters.map(({ key, label }) => `- "${key}": ${label}`)
  const about = ['The input is a JSON object with these fields; those that are not there were not given:', ...named]
  return [instructions, ...(named.length > 0 ? ['', ...about] : [])].join('\n')
}
