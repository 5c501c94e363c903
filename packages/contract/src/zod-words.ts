import type { z } from 'zod'

/** Our words for the issues of zod. Messages that a schema brings itself win over these. */
export function explainIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return `is missing; it must be ${typeName(issue.expected)}`
      // 1.5 is a number, and just not a whole one: what it is instead is on the caller's screen.
      if (issue.expected === 'int' && typeof issue.input === 'number') return 'must be a whole number'
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
