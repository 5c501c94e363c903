import { explainIssue } from '@ringback/contract'
import type { z } from 'zod'
import { AppError, type FieldProblem } from '../lib/errors.ts'

/** Field problems in one answer; a list of ten thousand wrong items needs no ten thousand lines. */
const PROBLEMS_MAX = 20

/** Parts of a request as people know them. */
export type RequestPart = 'body' | 'query' | 'path'

/**
 * Checks a part of a request.
 * @returns what the schema makes of it
 * @throws AppError `request.invalid` with one problem for each wrong field
 */
export function checkPart<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  part: RequestPart,
): z.output<Schema> {
  if (part === 'query') refuseRepeated(value as Record<string, unknown>)
  const checked = schema.safeParse(value, { error: explainIssue })
  if (checked.success) return checked.data
  throw invalidRequest(problemsOf(checked.error, part))
}

/** No query takes a list: what comes twice is a mistake, and which of the two is meant nobody knows. */
function refuseRepeated(query: Readonly<Record<string, unknown>>): void {
  const repeated = Object.keys(query).filter((name) => Array.isArray(query[name]))
  if (repeated.length > 0) {
    throw invalidRequest(repeated.map((field) => ({ field, message: 'was sent more than once; send it once' })))
  }
}

/** The 422 for wrong fields; its detail names the first one, because some clients show only that. */
export function invalidRequest(fields: readonly FieldProblem[]): AppError {
  const [first] = fields
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : ''
  return new AppError('request.invalid', first ? { detail: `${first.field}: ${first.message}${more}`, fields } : {})
}

function problemsOf(error: z.ZodError, part: RequestPart): FieldProblem[] {
  return problemsAt([], error.issues, part).slice(0, PROBLEMS_MAX)
}

function problemsAt(
  base: readonly PropertyKey[],
  issues: readonly z.core.$ZodIssue[],
  part: RequestPart,
): FieldProblem[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path]
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ field: fieldName([...path, key], part), message: 'is not known here' }))
    }
    if (issue.code === 'invalid_key') return problemsAt(path, issue.issues, part)
    const meant = issue.code === 'invalid_union' ? meantWay(issue.errors) : undefined
    if (meant && meant.length > 0) return problemsAt(path, meant, part)
    return [{ field: fieldName(path, part), message: issue.message }]
  })
}

/**
 * Of several ways to be right, the one that takes this kind of value at all; else the first, which is the usual one. What
 * it asks for is what the caller wants to read.
 */
function meantWay(ways: readonly z.core.$ZodIssue[][]): readonly z.core.$ZodIssue[] | undefined {
  const isAnotherKind = ({ code, path }: z.core.$ZodIssue) =>
    path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')
  return ways.find((issues) => !issues.some(isAnotherKind)) ?? ways[0]
}

function fieldName(path: readonly PropertyKey[], part: RequestPart): string {
  return path.length === 0 ? part : path.map(String).join('.')
}
