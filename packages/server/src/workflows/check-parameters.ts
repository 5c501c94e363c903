import type { WorkflowParameter } from '@ringback/contract'
import type { FieldProblem } from '../lib/errors.ts'
import { isOfType, readDefaultValue, TYPE_NAMES } from './parameter-values.ts'

/** Problems in one answer; a body of ten thousand unknown keys needs no ten thousand lines. */
const PROBLEMS_MAX = 20

/** Checked parameters, with the default values of those that were left out; or everything that is wrong. */
export type CheckedParameters =
  | { readonly values: Readonly<Record<string, unknown>> }
  | { readonly problems: readonly FieldProblem[] }

/**
 * Checks a JSON body against the parameters of a workflow, in the words of SharpAPI's custom workflows (wire facts, 2.5):
 * required ones are there, types are right without being converted, and nothing else is there. `null` is "left out", and
 * `[]`, which PHP makes of no parameters at all, is an empty object.
 */
export function checkJsonParameters(parameters: readonly WorkflowParameter[], body: unknown): CheckedParameters {
  const given = body === undefined || (Array.isArray(body) && body.length === 0) ? {} : body
  if (!isOfType(given, 'json_object')) {
    return { problems: [{ field: 'body', message: `must be a JSON object with the parameters${notThat(given)}` }] }
  }
  const fields = given as Readonly<Record<string, unknown>>
  const known = new Set(parameters.map(({ key }) => key))
  const problems: FieldProblem[] = Object.keys(fields)
    .filter((key) => !known.has(key))
    .map((key) => ({ field: key, message: 'is not a parameter of this workflow' }))
  const values: Record<string, unknown> = {}
  for (const parameter of parameters) {
    const { key, type, required } = parameter
    const value = Object.hasOwn(fields, key) ? fields[key] : undefined
    if (value === undefined || value === null) {
      if (required) problems.push({ field: key, message: `is missing; it must be ${TYPE_NAMES[type]}` })
      else addDefault(values, parameter)
    } else if (isOfType(value, type)) {
      values[key] = value
    } else {
      problems.push({ field: key, message: `must be ${TYPE_NAMES[type]}${notThat(value)}` })
    }
  }
  return problems.length > 0 ? { problems: problems.slice(0, PROBLEMS_MAX) } : { values }
}

function addDefault(values: Record<string, unknown>, { key, type, default_value }: WorkflowParameter): void {
  if (default_value === null) return
  const read = readDefaultValue(type, default_value)
  if ('value' in read) values[key] = read.value
}

function notThat(value: unknown): string {
  if (value === null) return ', not null'
  if (Array.isArray(value)) return ', not an array'
  return `, not ${typeof value === 'object' ? 'an object' : `a ${typeof value}`}`
}
