import type { WorkflowStore } from '../store/workflows.ts'
import type { DocumentRef } from '../tasks/documents/document-ref.ts'
import { readDefinition, type WorkflowDefinition } from './definition.ts'

/**
 * The input of a job of a workflow as it is stored: its checked parameters, and the version it was accepted with. So it
 * does what was promised when it was accepted, whatever happens to the workflow while it waits.
 */
export interface WorkflowJobInput {
  readonly workflow_version: string
  readonly parameters: Readonly<Record<string, unknown>>
  /**
   * The files that came with it, by parameter. Apart from the parameters, whose values are the caller's: none of them can
   * look like a file.
   */
  readonly documents?: Readonly<Record<string, DocumentRef>>
}

export function readJobInput(text: string): WorkflowJobInput {
  return JSON.parse(text) as WorkflowJobInput
}

/** The definition that a job was accepted with, and its parameters. Versions are never deleted. */
export async function findAccepted(
  store: Pick<WorkflowStore, 'findWorkflowVersion'>,
  job: { readonly accountId: string; readonly input: string },
): Promise<{ definition: WorkflowDefinition } & Required<Omit<WorkflowJobInput, 'workflow_version'>>> {
  const { workflow_version, parameters, documents = {} } = readJobInput(job.input)
  const version = await store.findWorkflowVersion(job.accountId, workflow_version)
  if (!version) throw new Error(`the version ${workflow_version} of a workflow is not there`)
  return { definition: readDefinition(version.definition), parameters, documents }
}
