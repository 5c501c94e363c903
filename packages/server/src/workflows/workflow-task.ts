import { z } from 'zod'
import { messageOf } from '../lib/errors.ts'
import { StoreUnavailableError } from '../store/errors.ts'
import type { WorkflowStore } from '../store/workflows.ts'
import { pagesForModel } from '../tasks/documents/document-message.ts'
import { type DocumentRef, documentRef } from '../tasks/documents/document-ref.ts'
import type { ReadDocuments } from '../tasks/documents/task-documents.ts'
import { jsonForModel } from '../tasks/model-message.ts'
import type { FindTask, TaskJob } from '../tasks/run-task.ts'
import { type Task, TaskError } from '../tasks/task.ts'
import { customPath, isCustomType, type WorkflowDefinition } from './definition.ts'
import { findAccepted } from './job-input.ts'
import { buildOutputSchema } from './output-schema.ts'

/** Longest name of a schema that providers take, in characters. */
const SCHEMA_NAME_LENGTH_MAX = 64

/** What a workflow's task gets of its job: checked when the job was accepted. */
const inputSchema = z.object({
  parameters: z.record(z.string(), z.unknown()),
  documents: z.record(z.string(), documentRef),
})

/** Makes the task of a job of a workflow from the definition that the job was accepted with. */
export function createWorkflowTasks({
  store,
}: {
  readonly store: Pick<WorkflowStore, 'findWorkflowVersion'>
}): FindTask {
  async function readAccepted(job: TaskJob) {
    try {
      return await findAccepted(store, job)
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
      const cause = new Error(messageOf(error))
      throw new TaskError('job.interrupted', 'The definition of the workflow could not be read.', {
        retryable: true,
        cause,
      })
    }
  }

  return async (job) => {
    if (!isCustomType(job.type)) return null
    const { definition, parameters, documents } = await readAccepted(job)
    return { task: workflowTask(job.type, definition), input: JSON.stringify({ parameters, documents }) }
  }
}

/**
 * A workflow as a task like any other. The account's instructions go where ours go; parameters and documents are
 * callers' text and are only ever fenced content.
 */
function workflowTask(type: string, definition: WorkflowDefinition): Task {
  if (definition.outputSchema === null) {
    throw new TaskError('job.unknown_type', `The job is for a worker; this server does not run "${type}".`)
  }
  const result = buildOutputSchema(definition.outputSchema, 'drop')
  const task: Task<typeof inputSchema, typeof result> = {
    type,
    path: customPath(type),
    summary: definition.name,
    kind: 'model',
    input: inputSchema,
    result,
    async run({ parameters, documents }, { model, documents: reader, signal }) {
      const files = Object.entries(documents)
      const read = await reader.readAll(files.map(([, ref]) => ref))
      return await model.generate({
        schema: result,
        schemaName: type.slice(0, SCHEMA_NAME_LENGTH_MAX),
        instructions: instructionsOf(definition),
        content: jsonForModel({ ...parameters, ...filesForModel(files, read) }),
        pictures: read.pictures,
        signal,
      })
    },
  }
  return task as unknown as Task
}

/** What stands for each file: its name and its text, or that it is to be looked at. */
function filesForModel(files: readonly (readonly [string, DocumentRef])[], { texts }: ReadDocuments) {
  const entries = files.map(([key, { name }], index) => {
    const pages = texts[index] ?? []
    const isPicture = pages.every((page) => page === '')
    return [key, { file_name: name, ...(isPicture ? { picture: true } : { text: pagesForModel({ pages }) }) }] as const
  })
  return Object.fromEntries(entries)
}

function instructionsOf({ instructions, parameters }: WorkflowDefinition): string {
  const named = parameters.map(({ key, label }) => `- "${key}": ${label}`)
  const about = ['The input is a JSON object with these fields; those that are not there were not given:', ...named]
  const hasFiles = parameters.some(({ type }) => type === 'form_data_file')
  return [instructions, ...(named.length > 0 ? ['', ...about] : []), ...(hasFiles ? [FILES] : [])].join('\n')
}

const FILES =
  'A file is an object: "text" is what it says, as pages with their numbers where it has several; where "picture" is ' +
  'true, it comes with the message instead, in the order of the fields.'
