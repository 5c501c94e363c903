/**
 * What server, dashboard, receivers and docs agree on. No code of theirs is needed to read it.
 *
 * ## Words (use these, and only these)
 *
 * - **account**: a tenant; owns keys, jobs, webhooks and limits. A fresh install has one, `default`.
 * - **API key**: bearer secret of an account, shown once, stored hashed.
 * - **scope**: what an API key may do; a key has one or more of them, a route needs one.
 * - **job**: one piece of AI work; has a *type* (`content_translate`), an input, a status, then a result or an error.
 * - **task**: the definition of a job type: path, input schema, result schema, how it runs.
 * - **workflow**: a job type that an account has defined: slug, instructions, parameters, output schema, who runs it.
 * - **worker**: a program of an account that leases jobs of its workflows and runs them.
 * - **model**: the language model behind a task, reached through the AI SDK.
 * - **webhook**: an address of an account that is told about finished jobs: URL, secret, include-result, state.
 *   The one named `default` is the form of the announcement.
 * - **job webhook**: the URL in the `Job-Webhook` request header: told about that one job.
 * - **delivery**: one finished job to be told to one address; has a status and a next attempt.
 * - **attempt**: one HTTP request of a delivery, with all that was sent and answered.
 * - **listener**: a laptop that gets copies of an account's deliveries over a connection it opened (`ringback listen`).
 * - **courier**: the part that sends deliveries.
 * - **runner**: the part that runs jobs.
 * - **receiver**: the customer's program that gets the webhook; also our library for writing one.
 * - **process**: one running `ringback serve`; leases jobs and deliveries while it works on them.
 *
 * @module
 */
export * from './errors.ts'
export * from './inbox.ts'
export * from './limits.ts'
export * from './model-call.ts'
export * from './schemas/account.ts'
export * from './schemas/api-keys.ts'
export * from './schemas/common.ts'
export * from './schemas/deliveries.ts'
export * from './schemas/job-usage.ts'
export * from './schemas/jobs.ts'
export * from './schemas/listeners.ts'
export * from './schemas/overview.ts'
export * from './schemas/problem.ts'
export * from './schemas/recovery.ts'
export * from './schemas/server.ts'
export * from './schemas/sessions.ts'
export * from './schemas/stats.ts'
export * from './schemas/webhook-rules.ts'
export * from './schemas/webhooks.ts'
export * from './schemas/workers.ts'
export * from './schemas/workflow-output.ts'
export * from './schemas/workflow-parameters.ts'
export * from './schemas/workflows.ts'
export * from './scopes.ts'
export * from './statuses.ts'
export * from './zod-words.ts'
