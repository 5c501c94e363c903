import { WEBHOOK_NAME_LENGTH_MAX } from '@ringback/contract'
import type { FieldProblem } from '../lib/errors.ts'
import { isId } from '../lib/ids.ts'

/** Room for `-99` behind a name that is taken. */
const BASE_LENGTH_MAX = WEBHOOK_NAME_LENGTH_MAX - 3

/**
 * A readable name for a webhook that was given none: the host it calls, `hooks.example.com`. `number` is 1 for the first
 * try; when the name is taken, the next ones end with it: `hooks.example.com-2`.
 */
export function generateName(url: string | null, number: number): string {
  const host = url === null ? '' : (URL.parse(url)?.hostname ?? '')
  const readable = host.replace(/[^a-z0-9._-]+/g, '-').replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
  const base = readable.slice(0, BASE_LENGTH_MAX) || 'webhook'
  return number === 1 ? base : `${base}-${number}`
}

/** What is wrong with a name that people chose: one that looks like an id would hide the webhook that has it. */
export function problemsOfName(name: string | undefined): readonly FieldProblem[] {
  if (name === undefined || !isId(name)) return []
  return [{ field: 'name', message: 'looks like an id; webhooks are found by either, so a name must not' }]
}
