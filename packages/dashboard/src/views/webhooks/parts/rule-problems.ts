import type { Rules } from './rules.ts'

/**
 * What is wrong with rules that could not even be sent as they are typed; by field, headers by their place
 * (`headers.0`). Everything else the server says.
 */
export function problemsOf({ headers, rate }: Rules): Record<string, string> {
  const problems: Record<string, string> = {}
  if (rate.trim() !== '' && !Number.isFinite(Number(rate))) problems.rate_limit_per_second = 'must be a number'
  const seen = new Set<string>()
  for (const [index, { name, value }] of headers.entries()) {
    const key = name.trim().toLowerCase()
    if (key === '' && value !== '') problems[`headers.${index}`] = 'has no name'
    if (key !== '' && seen.has(key)) problems[`headers.${index}`] = 'is there twice: names are the same in any case'
    seen.add(key)
  }
  return problems
}
