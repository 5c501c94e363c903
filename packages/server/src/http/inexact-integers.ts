import type { FieldProblem } from '../lib/errors.ts'

/** Problems in one answer. */
const PROBLEMS_MAX = 20

/** What a JSON text must have for any integer in it to change: 2^53 has 16 digits. */
const MAY_CHANGE = /\d{16}/

/** In the place of an integer that became another one when it was read. */
class Changed {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

/** `JSON.parse` tells a reviver how a number was written (ECMA-262, since 2025); the types of TypeScript do not know yet. */
type Reviver = (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown

/**
 * Integers under the key `root` of a JSON object that are others once JavaScript has read them, with their paths: their
 * last digits are lost beyond 2^53. They would be signed and sent as something else, and nobody would notice.
 *
 * Decimal places beyond what a double has are no problem: every language rounds those. Numbers that no double can hold
 * are refused by the schema of the body.
 */
export function inexactIntegers(json: string, root: string): FieldProblem[] {
  if (!MAY_CHANGE.test(json)) return []
  const problems: FieldProblem[] = []
  const open: { path: string; value: unknown }[] = [{ path: root, value: parseMarking(json)[root] }]
  for (let next = open.pop(); next && problems.length < PROBLEMS_MAX; next = open.pop()) {
    const { path, value } = next
    if (value instanceof Changed) problems.push({ field: path, message: value.message })
    else if (typeof value === 'object' && value !== null) {
      const inside = Object.entries(value).map(([key, inner]) => ({ path: `${path}.${key}`, value: inner }))
      open.push(...inside.reverse())
    }
  }
  return problems
}

function parseMarking(json: string): Readonly<Record<string, unknown>> {
  const mark: Reviver = (_key, value, context) =>
    typeof value === 'number' ? (changeOf(value, context?.source ?? '') ?? value) : value
  try {
    return JSON.parse(json, mark as (key: string, value: unknown) => unknown)
  } catch (error) {
    // Nested deeper than the stack: whoever takes the value refuses that.
    if (error instanceof RangeError) return {}
    throw error
  }
}

function changeOf(value: number, source: string): Changed | null {
  if (!/^-?\d+$/.test(source) || !Number.isFinite(value) || BigInt(source) === BigInt(value)) return null
  return new Changed(`is beyond 2^53 and would become ${BigInt(value)}: send it as a string, not as ${source}`)
}
