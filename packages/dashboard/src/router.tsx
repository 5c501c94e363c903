import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { NotFound } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'
import { ViewError } from './shell/view-error.tsx'
import { deliverySearchSchema, failedSearchSchema } from './views/deliveries/search.ts'
import { jobSearchSchema } from './views/jobs/search.ts'
import { overviewSearchSchema } from './views/overview/search.ts'
import { playgroundSearchSchema } from './views/playground/search.ts'

/*
 * Every view is one route here and one folder below views/. A view is loaded when it is opened; what it shows is in its
 * path and its search parameters, which its schema types. A new view: a route, a folder, and an entry in shell/nav.ts.
 */

const rootRoute = createRootRoute({ notFoundComponent: NotFound, errorComponent: ViewError })

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./views/sign-in/link-view.tsx'), 'LinkView'),
})

/** Everything that needs a session. */
const shellRoute = createRoute({ getParentRoute: () => rootRoute, id: 'shell', component: Shell })

const homeRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/overview' })
  },
})

const overviewRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/overview',
  validateSearch: overviewSearchSchema,
  component: lazyRouteComponent(() => import('./views/overview/overview-view.tsx'), 'OverviewView'),
})

const deliveriesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/deliveries',
  validateSearch: deliverySearchSchema,
  component: lazyRouteComponent(() => import('./views/deliveries/deliveries-view.tsx'), 'DeliveriesView'),
})

/** The drawer is a route of its own below the list, so a delivery can be linked, and the filters stay in the address. */
const deliveryRoute = createRoute({
  getParentRoute: () => deliveriesRoute,
  path: '$deliveryId',
  component: lazyRouteComponent(() => import('./views/deliveries/delivery-drawer.tsx'), 'DeliveryDrawer'),
})

const failedRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/failed',
  validateSearch: failedSearchSchema,
  component: lazyRouteComponent(() => import('./views/failed/failed-view.tsx'), 'FailedView'),
})

const jobsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/jobs',
  validateSearch: jobSearchSchema,
  component: lazyRouteComponent(() => import('./views/jobs/jobs-view.tsx'), 'JobsView'),
})

const jobRoute = createRoute({
  getParentRoute: () => jobsRoute,
  path: '$jobId',
  component: lazyRouteComponent(() => import('./views/jobs/job-drawer.tsx'), 'JobDrawer'),
})

const playgroundRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/playground',
  validateSearch: playgroundSearchSchema,
  component: lazyRouteComponent(() => import('./views/playground/playground-view.tsx'), 'PlaygroundView'),
})

const webhooksRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('./views/webhooks/webhooks-view.tsx'), 'WebhooksView'),
})

const newWebhookRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/webhooks/new',
  component: lazyRouteComponent(() => import('./views/webhooks/new-webhook-view.tsx'), 'NewWebhookView'),
})

const webhookRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/webhooks/$webhookId',
  component: lazyRouteComponent(() => import('./views/webhooks/webhook-view.tsx'), 'WebhookView'),
})

const workflowsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/workflows',
  component: lazyRouteComponent(() => import('./views/workflows/workflows-view.tsx'), 'WorkflowsView'),
})

const newWorkflowRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/workflows/new',
  component: lazyRouteComponent(() => import('./views/workflows/new-workflow-view.tsx'), 'NewWorkflowView'),
})

const workflowRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/workflows/$workflowId',
  component: lazyRouteComponent(() => import('./views/workflows/workflow-view.tsx'), 'WorkflowView'),
})

const apiKeysRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/api-keys',
  component: lazyRouteComponent(() => import('./views/api-keys/api-keys-view.tsx'), 'ApiKeysView'),
})

const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./views/settings/settings-view.tsx'), 'SettingsView'),
})

const sessionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/sessions',
  component: lazyRouteComponent(() => import('./views/sessions/sessions-view.tsx'), 'SessionsView'),
})

export const router = createRouter({
  basepath: '/dashboard',
  routeTree: rootRoute.addChildren([
    signInRoute,
    shellRoute.addChildren([
      homeRoute,
      overviewRoute,
      deliveriesRoute.addChildren([deliveryRoute]),
      failedRoute,
      jobsRoute.addChildren([jobRoute]),
      playgroundRoute,
      webhooksRoute,
      newWebhookRoute,
      webhookRoute,
      workflowsRoute,
      newWorkflowRoute,
      workflowRoute,
      apiKeysRoute,
      sessionsRoute,
      settingsRoute,
    ]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
