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
  const checked = schema.safeParse(value, { error: explain })
  if (checked.success) return checked.data
  throw invalidRequest(problemsOf(checked.error, part))
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
    // Of several ways to be right, the first is the usual one: what it asks for is what the caller wants to read.
    const firstWay = issue.code === 'invalid_union' ? issue.errors[0] : undefined
    if (firstWay && firstWay.length > 0) return problemsAt(path, firstWay, part)
    return [{ field: fieldName(path, part), message: issue.message }]
  })
}

function fieldName(path: readonly PropertyKey[], part: RequestPart): string {
  return path.length === 0 ? part : path.map(String).join('.')
}

/** Our words for the issues of zod. Messages that a schema brings itself win over these. */
function explain(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return `is missing; it must be ${typeName(issue.expected)}`
      return `must be ${typeName(issue.expected)}${wrongValue(issue.input)}`
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
    case 'too_small':
      return `must ${sizeText(issue.origin, 'at least', Number(issue.minimum))}`
    case 'too_big':
      return `must ${sizeText(issue.origin, 'at most', Number(issue.maximum))}`
    default:
      return undefined
  }
}

function typeName(expected: string): string {
  if (expected === 'int') return 'a whole number'
  if (expected === 'object' || expected === 'record') return 'a JSON object'
  return `${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected}`
}

function wrongValue(value: unknown): string {
  if (value === null) return ', not null'
  if (Array.isArray(value)) return ', not an array'
  // Text of a query that is no number: what it is instead is on the caller's screen.
  if (Number.isNaN(value)) return ''
  return `, not ${typeName(typeof value)}`
}

function sizeText(origin: string, bound: string, size: number): string {
  if (origin === 'string') return `have ${bound} ${size} character${size === 1 ? '' : 's'}`
  if (origin === 'array' || origin === 'set') return `have ${bound} ${size} item${size === 1 ? '' : 's'}`
  return `be ${bound} ${size}`
}
