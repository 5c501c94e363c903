/** A job type that an account has defined, with its present definition. */
export interface WorkflowRow {
  readonly id: string
  readonly accountId: string
  readonly slug: string
  /** Job type: unique in the account as long as the workflow is not deleted. */
  readonly type: string
  readonly isActive: boolean
  /** 1 for the first; each change of the definition makes the next. */
  readonly version: number
  readonly versionId: string
  /** JSON text; `workflows/definition.ts` knows what is in it. */
  readonly definition: string
  readonly createdAt: number
  readonly updatedAt: number
}

export type NewWorkflow = Omit<WorkflowRow, 'version' | 'updatedAt'>

export interface WorkflowChange {
  readonly isActive?: boolean
  /** A new version. */
  readonly definition?: { readonly versionId: string; readonly text: string }
}

export interface WorkflowStore {
  /** By id or slug; a deleted one is not found. */
  findWorkflow(accountId: string, idOrSlug: string): Promise<WorkflowRow | null>
  /** All of the account, newest first. */
  listWorkflows(accountId: string): Promise<WorkflowRow[]>
  /** Inserts it with its first version; `limit` when the account has so many, `slug` when another one has the slug. */
  insertWorkflow(workflow: NewWorkflow, workflowsMax: number): Promise<'inserted' | 'limit' | 'slug'>
  /** Changes it if `version` is still its version; null when somebody else was faster, or it is deleted. */
  updateWorkflow(
    accountId: string,
    workflowId: string,
    version: number,
    change: WorkflowChange,
    now: number,
  ): Promise<WorkflowRow | null>
  /** Its slug is free again. Its versions stay, and so do its jobs. Gives false when there is none. */
  deleteWorkflow(accountId: string, workflowId: string, now: number): Promise<boolean>
  /** The definition of a version, JSON text; also of a workflow that is deleted. */
  findWorkflowVersion(accountId: string, versionId: string): Promise<{ readonly definition: string } | null>
  /** Which of these job types a workflow of the account has or, deleted, has had. */
  knownWorkflowTypes(accountId: string, types: readonly string[]): Promise<string[]>
}
