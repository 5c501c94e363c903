/** What an API key may be allowed, with a sentence that says what it opens. `docs/api.md` has a table of them. */
export const API_KEY_SCOPES = {
  jobs: 'Post jobs, ask for them by id, cancel them: what an application needs.',
  read: 'Read everything of the account, contents too. Signing in to the dashboard needs it.',
  manage: 'Change webhooks, workflows, keys and sessions, and send deliveries again.',
  worker: 'Lease jobs of workflows and end them: what a worker needs.',
} as const satisfies Record<string, string>

export type ApiKeyScope = keyof typeof API_KEY_SCOPES

/** All of them: a key that has them has full access. */
export const ALL_SCOPES = Object.keys(API_KEY_SCOPES) as [ApiKeyScope, ...ApiKeyScope[]]
