/** What an API key may be allowed, with a sentence that says what it opens. `docs/api.md` has a table of them. */
export const API_KEY_SCOPES = {
  jobs: 'Post jobs and ask for their status and result by id, cancel them. What an application needs.',
  read: 'Read everything of the account: lists and details of jobs, deliveries, webhooks and workflows. Signing in to the dashboard needs it.',
  manage: 'Change things: webhooks, deliveries that are sent again, workflows, API keys, sessions.',
  worker: 'Lease jobs of workflows and end them. What a worker needs.',
} as const satisfies Record<string, string>

export type ApiKeyScope = keyof typeof API_KEY_SCOPES

/** All of them: a key that has them has full access. */
export const ALL_SCOPES = Object.keys(API_KEY_SCOPES) as [ApiKeyScope, ...ApiKeyScope[]]
