import type { HttpDeps } from '../deps.ts'
import type { Route } from '../route.ts'
import { answerListener, listListeners, openListener, removeListener, streamListener } from './listeners.ts'
import { sendTestEvent } from './test-event.ts'

/**
 * What `ringback listen` and `ringback trigger` talk to. Streams and answers spend no requests, as with
 * workers. Listening asks for `manage`: whoever may change a webhook's URL could read the same with it.
 */
export function listenerRoutes(deps: HttpDeps): Route[] {
  const base = { family: 'management', tag: 'Listeners' } as const
  const { webhookTimeoutMs: timeoutMs } = deps.config
  return [
    {
      ...base,
      method: 'GET',
      scope: 'read',
      path: '/api/v1/listeners',
      limit: 'spend',
      summary: 'Lists who listens to the account.',
      endpoint: listListeners(deps),
    },
    {
      ...base,
      method: 'POST',
      scope: 'manage',
      path: '/api/v1/listeners',
      limit: 'spend',
      summary: 'Adds a listener, which gets copies of the deliveries of the account.',
      endpoint: openListener({ ...deps, timeoutMs }),
    },
    {
      ...base,
      method: 'DELETE',
      scope: 'manage',
      path: '/api/v1/listeners/:id',
      limit: 'spend',
      summary: 'Removes a listener and discards what waits for it.',
      endpoint: removeListener(deps),
    },
    {
      ...base,
      method: 'POST',
      scope: 'manage',
      path: '/api/v1/listeners/:id/stream',
      limit: 'show',
      summary: 'Streams deliveries to a listener as server-sent events.',
      endpoint: streamListener(deps),
    },
    {
      ...base,
      method: 'POST',
      scope: 'manage',
      path: '/api/v1/listeners/:id/attempts',
      limit: 'show',
      summary: 'Records what was answered to a delivery on the laptop.',
      endpoint: answerListener(deps),
    },
    {
      ...base,
      method: 'POST',
      scope: 'manage',
      path: '/api/v1/test-events',
      limit: 'spend',
      summary: 'Sends a sample of a job type to the webhooks and listeners of the account.',
      endpoint: sendTestEvent(deps),
    },
  ]
}
