import type { InputMode, OutputFields, WorkflowParameter, WorkflowRunner } from '@ringback/contract'

/** What a workflow does, and for which input: everything a job of it must know when it runs, and nothing that may change. */
export interface WorkflowDefinition {
  readonly name: string
  readonly description: string | null
  /** The account's own text, and trusted. */
  readonly instructions: string
  readonly runBy: WorkflowRunner
  readonly inputMode: InputMode
  readonly parameters: readonly WorkflowParameter[]
  /** Null: any JSON. */
  readonly outputSchema: OutputFields | null
}

/** Reads a stored definition: JSON that `JSON.stringify` wrote of one that was checked. */
export function readDefinition(text: string): WorkflowDefinition {
  return JSON.parse(text) as WorkflowDefinition
}

/** Begins the job type of every workflow; no other task may have such a type. */
const CUSTOM_TYPE_PREFIX = 'custom_'

/** The job type of a slug. A slug has no `_`, so two of them never get the same type. */
export function customType(slug: string): string {
  return CUSTOM_TYPE_PREFIX + slug.replaceAll('-', '_')
}

export function isCustomType(type: string): boolean {
  return type.startsWith(CUSTOM_TYPE_PREFIX)
}

/** Where jobs of such a type are posted, below `/api/v1`. */
export function customPath(type: string): `/custom/${string}` {
  return `/custom/${type.slice(CUSTOM_TYPE_PREFIX.length).replaceAll('_', '-')}`
}
