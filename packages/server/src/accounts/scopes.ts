import { ALL_SCOPES, type ApiKeyScope } from '@ringback/contract'

/**
 * Scopes as the database keeps them. All of them are null, not a list: who has everything has it also when a later
 * version knows more of them.
 */
export function writeScopes(scopes: readonly ApiKeyScope[]): string | null {
  const chosen = ALL_SCOPES.filter((scope) => scopes.includes(scope))
  return chosen.length === ALL_SCOPES.length ? null : chosen.join(' ')
}

/** Reads what {@link writeScopes} wrote, in the order of the table. */
export function readScopes(text: string | null): readonly ApiKeyScope[] {
  if (text === null) return ALL_SCOPES
  const kept = text.split(' ')
  return ALL_SCOPES.filter((scope) => kept.includes(scope))
}
