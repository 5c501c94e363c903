import {
  explainIssue,
  INPUT_MODES,
  type InputMode,
  newWorkflowSchema,
  type ParameterType,
  type Workflow,
  type WorkflowRunner,
  workflowChangeSchema,
} from '@ringback/contract'

/** A parameter as it is edited. */
export interface ParameterRow {
  readonly key: string
  readonly label: string
  readonly type: ParameterType
  readonly required: boolean
  /** Empty: none. */
  readonly preset: string
}

/** A workflow as its form holds it. */
export interface Draft {
  readonly slug: string
  readonly name: string
  readonly description: string
  readonly instructions: string
  readonly runBy: WorkflowRunner
  readonly inputMode: InputMode
  readonly parameters: readonly ParameterRow[]
  /** JSON as it is typed; empty: none. */
  readonly output: string
  readonly isActive: boolean
}

export const EMPTY_DRAFT: Draft = {
  slug: '',
  name: '',
  description: '',
  instructions: '',
  runBy: 'model',
  inputMode: INPUT_MODES[0],
  parameters: [{ key: 'text', label: '', type: 'json_string', required: true, preset: '' }],
  output: '{\n  "answer": "string"\n}',
  isActive: true,
}

export function draftOf(workflow: Workflow): Draft {
  return {
    slug: workflow.slug,
    name: workflow.name,
    description: workflow.description ?? '',
    instructions: workflow.instructions,
    runBy: workflow.run_by,
    inputMode: workflow.input_mode,
    parameters: workflow.parameters.map(({ key, label, type, required, default_value }) => {
      return { key, label: label === key ? '' : label, type, required, preset: default_value ?? '' }
    }),
    output: workflow.output_schema === null ? '' : JSON.stringify(workflow.output_schema, null, 2),
    isActive: workflow.is_active,
  }
}

/** What is sent, or what is wrong with each field, in the words that the server has for it. */
export type Checked = { readonly body: object } | { readonly errors: Readonly<Record<string, string>> }

/** Checks a draft with the schema that the API checks requests with. */
export function checkDraft(draft: Draft, isNew: boolean): Checked {
  const output = readJson(draft.output)
  if ('problem' in output) return { errors: { output_schema: output.problem } }
  const body = {
    ...(isNew && { slug: draft.slug.trim() }),
    name: draft.name,
    description: draft.description.trim() === '' ? null : draft.description,
    instructions: draft.instructions,
    run_by: draft.runBy,
    input_mode: draft.inputMode,
    parameters: draft.parameters.map(({ key, label, type, required, preset }) => ({
      key: key.trim(),
      ...(label.trim() !== '' && { label }),
      type,
      required,
      ...(preset !== '' && { default_value: preset }),
    })),
    output_schema: output.value,
    is_active: draft.isActive,
  }
  const checked = (isNew ? newWorkflowSchema : workflowChangeSchema).safeParse(body, { error: explainIssue })
  if (checked.success) return { body }
  // The first problem of each field: the others often follow from it.
  const errors: Record<string, string> = {}
  for (const { path, message } of checked.error.issues) errors[fieldOf(path)] ??= message
  return { errors }
}

/** Places in an output schema are all shown beside its field; the server names them in its answer. */
function fieldOf(path: readonly PropertyKey[]): string {
  return path[0] === 'output_schema' ? 'output_schema' : path.join('.')
}

function readJson(text: string): { value: unknown } | { problem: string } {
  if (text.trim() === '') return { value: null }
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { problem: `is not JSON: ${error instanceof Error ? error.message : 'it cannot be read'}` }
  }
}

/** What is wrong with a field, or with something in it, and where. */
export function errorAt(errors: Readonly<Record<string, string>>, field: string): string | undefined {
  if (errors[field] !== undefined) return errors[field]
  const [inner] = Object.entries(errors).filter(([name]) => name.startsWith(`${field}.`))
  return inner && `at ${inner[0].slice(field.length + 1)}: ${inner[1]}`
}
