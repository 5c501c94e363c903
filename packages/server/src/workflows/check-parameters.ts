import { PARAMETER_DEPTH_MAX, type WorkflowParameter } from '@ringback/contract'
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
  const read = readFields(body)
  if ('problems' in read) return read
  const { fields } = read
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
    } else if (!isOfType(value, type)) {
      problems.push({ field: key, message: `must be ${TYPE_NAMES[type]}${notThat(value)}` })
    } else if (isDeeper(value, PARAMETER_DEPTH_MAX)) {
      problems.push({ field: key, message: `is nested deeper than ${PARAMETER_DEPTH_MAX} levels` })
    } else {
      values[key] = value
    }
  }
  return problems.length > 0 ? { problems: problems.slice(0, PROBLEMS_MAX) } : { values }
}

/**
 * Checks what came as a form, whose texts are by their names and whose files are on disk already; or as a JSON object
 * instead, which clients send when they have no file. What is no text there becomes the text that they would have sent
 * in a form. As in SharpAPI's workflows, what is empty was left out, and what is no parameter makes no difference.
 */
export function checkFormParameters(
  parameters: readonly WorkflowParameter[],
  { body, files }: { readonly body: unknown; readonly files: ReadonlySet<string> },
): CheckedParameters {
  const read = readFields(body)
  if ('problems' in read) return read
  const { fields } = read
  const problems: FieldProblem[] = []
  const values: Record<string, unknown> = {}
  for (const parameter of parameters) {
    const { key, type, required } = parameter
    const text = type === 'form_data_file' || !Object.hasOwn(fields, key) ? '' : formText(fields[key])
    if (files.has(key)) continue
    if (text !== '') values[key] = text
    else if (!required) addDefault(values, parameter)
    else if (type === 'form_data_file') problems.push({ field: key, message: 'is missing; send it as a file' })
    else problems.push({ field: key, message: `is missing; it must be ${TYPE_NAMES[type]}` })
  }
  return problems.length > 0 ? { problems: problems.slice(0, PROBLEMS_MAX) } : { values }
}

/** A JSON value as clients write it into a form: arrays and objects as JSON text, true as "1". */
function formText(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'boolean') return value ? '1' : '0'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The fields of a body; none at all, and the `[]` that PHP makes of no parameters, have none. */
function readFields(
  body: unknown,
): { readonly fields: Readonly<Record<string, unknown>> } | { readonly problems: readonly FieldProblem[] } {
  const given = body === undefined || (Array.isArray(body) && body.length === 0) ? {} : body
  if (isOfType(given, 'json_object')) return { fields: given as Readonly<Record<string, unknown>> }
  return { problems: [{ field: 'body', message: `must be a JSON object with the parameters${notThat(given)}` }] }
}

/** Level by level, because depth must cost no stack here. */
function isDeeper(value: unknown, levels: number): boolean {
  let level = [value].filter(isList)
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === levels) return true
    level = level.flatMap((list) => Object.values(list).filter(isList))
  }
  return false
}

function isList(value: unknown): value is object {
  return typeof value === 'object' && value !== null
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
