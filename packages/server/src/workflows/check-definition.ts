import {
  FORM_FILES_MAX,
  FORM_PARAMETER_TYPES,
  OUTPUT_FIELDS_MAX,
  type ParameterType,
  type WorkflowParameter,
} from '@ringback/contract'
import { AppError, type FieldProblem } from '../lib/errors.ts'
import { isId } from '../lib/ids.ts'
import type { WorkflowDefinition } from './definition.ts'
import { countFields } from './output-schema.ts'
import { readDefaultValue } from './parameter-values.ts'

/** Words that stand, or may come to stand, where a slug does in an address. */
const RESERVED_SLUGS: ReadonlySet<string> = new Set(['job', 'jobs', 'status', 'new', 'edit', 'import', 'export'])

/** What is wrong with a slug that has the right form. */
export function problemsOfSlug(slug: string): FieldProblem[] {
  if (RESERVED_SLUGS.has(slug)) return [{ field: 'slug', message: `"${slug}" is a reserved word; choose another` }]
  if (isId(slug)) return [{ field: 'slug', message: 'looks like an id; workflows are found by either' }]
  return []
}

/** What is wrong with a definition whose fields are right, each alone. */
export function problemsOfDefinition(definition: WorkflowDefinition): FieldProblem[] {
  return [
    ...problemsOfRunner(definition),
    ...problemsOfOutput(definition),
    ...problemsOfFiles(definition),
    ...definition.parameters.flatMap((parameter, index) => problemsOfParameter(definition, parameter, index)),
  ]
}

function problemsOfRunner({ runBy, instructions, outputSchema }: WorkflowDefinition): FieldProblem[] {
  if (runBy !== 'model') return []
  const problems: FieldProblem[] = []
  if (instructions.trim() === '') {
    problems.push({ field: 'instructions', message: 'is empty; a model must be told what to do' })
  }
  if (outputSchema === null) {
    const message = 'is missing; a model must be told what to answer. Only with "run_by": "worker" it can be null'
    problems.push({ field: 'output_schema', message })
  }
  return problems
}

function problemsOfOutput({ outputSchema }: WorkflowDefinition): FieldProblem[] {
  const count = outputSchema === null ? 0 : countFields(outputSchema)
  if (count <= OUTPUT_FIELDS_MAX) return []
  return [
    { field: 'output_schema', message: `has ${count} fields on all its levels; ${OUTPUT_FIELDS_MAX} are allowed` },
  ]
}

function problemsOfFiles({ parameters }: WorkflowDefinition): FieldProblem[] {
  const count = parameters.filter(({ type }) => type === 'form_data_file').length
  if (count <= FORM_FILES_MAX) return []
  return [{ field: 'parameters', message: `has ${count} files; a form may have ${FORM_FILES_MAX} at most` }]
}

function problemsOfParameter(
  { parameters, inputMode }: WorkflowDefinition,
  { key, type, required, default_value }: WorkflowParameter,
  index: number,
): FieldProblem[] {
  const problems: FieldProblem[] = []
  const problem = (field: string, message: string) => problems.push({ field: `parameters.${index}.${field}`, message })
  if (parameters.findIndex((other) => other.key === key) !== index) problem('key', `"${key}" is there twice`)
  if (isFormType(type) !== (inputMode === 'multipart/form-data')) {
    problem('type', `"${type}" does not go with the input_mode "${inputMode}"`)
  }
  if (default_value === null) return problems
  if (required) problem('default_value', 'is never used: the parameter is required')
  const read = readDefaultValue(type, default_value)
  if ('problem' in read) problem('default_value', read.problem)
  return problems
}

function isFormType(type: ParameterType): boolean {
  return (FORM_PARAMETER_TYPES as readonly ParameterType[]).includes(type)
}

/** The 422 for a workflow, or the parameters of one, that are wrong; its detail names the first problem. */
export function invalidFields(fields: readonly FieldProblem[]): AppError {
  const [first] = fields
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : ''
  return new AppError('request.invalid', first ? { detail: `${first.field}: ${first.message}${more}`, fields } : {})
}
