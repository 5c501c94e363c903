import type { HttpDeps } from '../deps.ts'
import type { Route } from '../route.ts'
import { createSessionCookie } from '../session-cookie.ts'
import { changeAccount, getAccount } from './account.ts'
import { createApiKey, listApiKeys, revokeApiKey } from './api-keys.ts'
import { cancelJob } from './cancel-job.ts'
import { getDelivery, listDeliveries } from './deliveries.ts'
import { expungeJob } from './expunge-job.ts'
import { getJob, listJobs } from './jobs.ts'
import { listenerRoutes } from './listener-routes.ts'
import { getOverview } from './overview.ts'
import { discardDelivery, recoverDeliveries, resendDelivery } from './recovery.ts'
import { checkWebhookUrl, getServer } from './server-info.ts'
import { endSession, listSessions, signIn } from './sessions.ts'
import { failedDeliveries, webhookStats } from './stats.ts'
import { testWebhook } from './test-webhook.ts'
import {
  changeWebhook,
  createWebhook,
  getWebhook,
  listWebhooks,
  removeWebhook,
  rotateKey,
  rotateSecret,
} from './webhooks.ts'
import { workerRoutes, workflowRoutes } from './workflow-routes.ts'

const BASE = { family: 'management', limit: 'spend' } as const

/** The part of the route table with which people manage an account. */
export function managementRoutes(deps: HttpDeps): Route[] {
  return [
    ...accountRoutes(deps),
    ...jobRoutes(deps),
    ...webhookRoutes(deps),
    ...deliveryRoutes(deps),
    ...workflowRoutes(deps),
    ...workerRoutes(deps),
    ...listenerRoutes(deps),
    ...keyRoutes(deps),
    ...sessionRoutes(deps),
    ...statsRoutes(deps),
  ]
}

function accountRoutes(deps: HttpDeps): Route[] {
  const base = { ...BASE, tag: 'Account', path: '/api/v1/account' } as const
  return [
    { ...base, method: 'GET', scope: 'read', summary: 'Shows the account.', endpoint: getAccount(deps) },
    {
      ...base,
      method: 'PATCH',
      scope: 'manage',
      summary: 'Changes how job webhooks count.',
      endpoint: changeAccount(deps),
    },
  ]
}

function jobRoutes(deps: HttpDeps): Route[] {
  const base = { ...BASE, tag: 'Jobs' } as const
  return [
    { ...base, method: 'GET', scope: 'read', path: '/api/v1/jobs', summary: 'Lists jobs.', endpoint: listJobs(deps) },
    {
      ...base,
      method: 'GET',
      scope: 'read',
      path: '/api/v1/jobs/:id',
      summary: 'Shows a job with its input, its result, its runs and its deliveries.',
      endpoint: getJob(deps),
    },
    {
      ...base,
      method: 'POST',
      scope: 'jobs',
      path: '/api/v1/jobs/:id/cancel',
      summary: 'Cancels a job that has not ended.',
      endpoint: cancelJob(deps),
    },
    {
      ...base,
      method: 'POST',
      scope: 'manage',
      path: '/api/v1/jobs/:id/expunge',
      summary: 'Removes input, result and bodies of a job that has ended, for good.',
      endpoint: expungeJob(deps),
    },
  ]
}

function webhookRoutes(deps: HttpDeps): Route[] {
  const { webhookTimeoutMs } = deps.config
  const base = { ...BASE, tag: 'Webhooks' } as const
  return [
    {
      ...base,
      method: 'GET',
      scope: 'read',
      path: '/api/v1/webhooks',
      summary: 'Lists the webhooks of the account.',
      endpoint: listWebhooks(deps),
    },
    {
      ...base,
      method: 'POST',
      scope: 'manage',
      path: '/api/v1/webhooks',
      summary: 'Adds a webhook.',
      endpoint: createWebhook(deps),
    },
    {
      ...base,
      method: 'POST',
      scope: 'manage',
      path: '/api/v1/webhooks/check-url',
      summary: 'Tells what saving a webhook URL would say.',
      endpoint: checkWebhookUrl(deps),
    },
    {
      ...base,
      method: 'GET',
      scope: 'read',
      path: '/api/v1/webhooks/:id',
      summary: 'Shows a webhook; `default` is an id.',
      endpoint: getWebhook(deps),
    },
    {
      ...base,
      method: 'PATCH',
      scope: 'manage',
      path: '/api/v1/webhooks/:id',
      summary: 'Changes the fields of a webhook that are sent.',
      endpoint: changeWebhook(deps),
    },
    {
      ...base,
      method: 'DELETE',
      scope: 'manage',
      path: '/api/v1/webhooks/:id',
      summary: 'Removes a webhook; its deliveries stay readable.',
      endpoint: removeWebhook(deps),
    },
    {
      ...base,
      method: 'POST',
      scope: 'manage',
      path: '/api/v1/webhooks/:id/rotate-secret',
      summary: 'Replaces the secret of a webhook, with a time in which both sign.',
      endpoint: rotateSecret(deps),
    },
    {
      ...base,
      method: 'POST',
      scope: 'manage',
      path: '/api/v1/webhooks/:id/rotate-key',
      summary: 'Replaces the key of an asymmetric signature, with a time in which both sign.',
      endpoint: rotateKey(deps),
    },
    {
      ...base,
      method: 'POST',
      scope: 'manage',
      path: '/api/v1/webhooks/:id/test',
      summary: 'Sends a test and waits for its first attempt.',
      endpoint: testWebhook({ ...deps, webhookTimeoutMs }),
    },
  ]
}

function deliveryRoutes(deps: HttpDeps): Route[] {
  const base = { ...BASE, tag: 'Deliveries' } as const
  return [
    {
      ...base,
      method: 'GET',
      scope: 'read',
      path: '/api/v1/deliveries',
      summary: 'Lists deliveries.',
      endpoint: listDeliveries(deps),
    },
    {
      ...base,
      method: 'GET',
      scope: 'read',
      path: '/api/v1/deliveries/:id',
      summary: 'Shows a delivery with its body and all attempts.',
      endpoint: getDelivery(deps),
    },
    {
      ...base,
      method: 'POST',
      scope: 'manage',
      path: '/api/v1/deliveries/:id/resend',
      summary: 'Makes one attempt of a delivery now.',
      endpoint: resendDelivery(deps),
    },
    {
      ...base,
      method: 'POST',
      scope: 'manage',
      path: '/api/v1/deliveries/:id/discard',
      summary: 'Gives up a delivery that waits.',
      endpoint: discardDelivery(deps),
    },
    {
      ...base,
      method: 'POST',
      scope: 'manage',
      path: '/api/v1/deliveries/recover',
      summary: 'Sends everything again that failed in a range of time, or counts it.',
      endpoint: recoverDeliveries(deps),
    },
  ]
}

function keyRoutes(deps: HttpDeps): Route[] {
  const base = { ...BASE, tag: 'API keys' } as const
  return [
    {
      ...base,
      method: 'GET',
      scope: 'manage',
      path: '/api/v1/api-keys',
      summary: 'Lists API keys.',
      endpoint: listApiKeys(deps),
    },
    {
      ...base,
      method: 'POST',
      scope: 'manage',
      path: '/api/v1/api-keys',
      summary: 'Creates an API key, and shows it this one time.',
      endpoint: createApiKey(deps),
    },
    {
      ...base,
      method: 'DELETE',
      scope: 'manage',
      path: '/api/v1/api-keys/:id',
      summary: 'Revokes an API key.',
      endpoint: revokeApiKey(deps),
    },
  ]
}

function sessionRoutes(deps: HttpDeps): Route[] {
  const base = { ...BASE, tag: 'Sessions' } as const
  const { publicUrl } = deps.config
  const cookie = createSessionCookie(publicUrl)
  return [
    {
      ...base,
      method: 'POST',
      path: '/api/v1/sessions',
      // Whoever signs in has no key or session yet; attempts have a limit of their own.
      scope: 'public',
      limit: 'none',
      summary: 'Signs a browser in to the dashboard, with a one-time link or an API key.',
      endpoint: signIn({ ...deps, cookie, publicUrl }),
    },
    {
      ...base,
      method: 'GET',
      scope: 'read',
      path: '/api/v1/sessions',
      summary: 'Lists the browsers that are signed in.',
      endpoint: listSessions(deps),
    },
    {
      ...base,
      method: 'DELETE',
      // Signing out is for everybody who can sign in; ending others' sessions asks for more.
      scope: 'read',
      path: '/api/v1/sessions/:id',
      summary: 'Signs a browser out; `current` is the one that asks.',
      endpoint: endSession({ ...deps, cookie }),
    },
  ]
}

function statsRoutes(deps: HttpDeps): Route[] {
  return [
    {
      ...BASE,
      tag: 'Account',
      method: 'GET',
      scope: 'read',
      path: '/api/v1/overview',
      summary: 'Counts deliveries and jobs of the last hour, day, week or month, with times and costs.',
      endpoint: getOverview(deps),
    },
    {
      ...BASE,
      tag: 'Account',
      method: 'GET',
      scope: 'read',
      path: '/api/v1/server',
      summary: 'Tells what is set on this server that people who set up webhooks must know.',
      endpoint: getServer(deps),
    },
    {
      ...BASE,
      tag: 'Webhooks',
      method: 'GET',
      scope: 'read',
      path: '/api/v1/stats/webhooks',
      summary: 'Shows how the recent attempts to each webhook went.',
      endpoint: webhookStats(deps),
    },
    {
      ...BASE,
      tag: 'Deliveries',
      method: 'GET',
      scope: 'read',
      path: '/api/v1/stats/failed-deliveries',
      summary: 'Counts what failed, by webhook and cause.',
      endpoint: failedDeliveries(deps),
    },
  ]
}
