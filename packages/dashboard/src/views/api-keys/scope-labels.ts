import { ALL_SCOPES, type ApiKeyScope } from '@ringback/contract'

/** Each scope by a name for people. */
export const SCOPE_LABELS: Readonly<Record<ApiKeyScope, string>> = {
  jobs: 'Jobs',
  read: 'Read',
  manage: 'Manage',
  worker: 'Worker',
}

/** What a key may do, in few words. */
export function scopesInWords(scopes: readonly ApiKeyScope[]): string {
  return scopes.length === ALL_SCOPES.length ? 'Full access' : scopes.map((scope) => SCOPE_LABELS[scope]).join(', ')
}
