import Fastify, {
  type FastifyInstance,
  type FastifySchemaCompiler,
  type FastifyServerOptions,
  LogController,
} from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { createRateLimiter } from '../accounts/rate-limit.ts'
import type { AppError } from '../lib/errors.ts'
import { createGate } from './auth.ts'
import { addBodyDeadline } from './body-deadline.ts'
import { createClientErrorHandler } from './client-error.ts'
import type { HttpDeps } from './deps.ts'
import { sendError } from './errors.ts'
import { addJsonBodies } from './json-body.ts'
import { addForms, addFormsToo, isForm } from './multipart/add-forms.ts'
import { addDashboard } from './process/dashboard.ts'
import { createReference } from './process/reference.ts'
import { registerRoute } from './register-route.ts'
import { requestIdOf } from './request-id.ts'
import { createRequestLog } from './request-log.ts'
import { addRequestState } from './request-state.ts'
import type { Route } from './route.ts'
import { buildRoutes, routesOfEveryProcess } from './routes.ts'
import { createUnknownRouteError } from './unknown-route.ts'
import { checkPart, type RequestPart } from './zod-problems.ts'

/** Milliseconds a client may take to send the head of a request, and a JSON body; ends connections that drip them. */
const REQUEST_TIMEOUT_MS = 30_000

/** Milliseconds a client may take to send a whole form: 100 MB at 1.4 Mbit/s. Standing still ends it sooner. */
const UPLOAD_TIMEOUT_MS = 600_000

/**
 * Milliseconds for which nothing may move on a connection while a request is under way: several times what anything here
 * waits for before it answers (the test of a webhook, 62 s). Ends connections whose other side reads no further, with the
 * answer that is kept for it.
 */
const SILENCE_TIMEOUT_MS = 300_000

/** Milliseconds an idle connection is kept: longer than the 60 s of usual load balancers, which must close first. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000

/** Longer than any address that Node lets through, so that a long id is "not found" like every other wrong id. */
const PARAM_LENGTH_MAX = 64 * 1024

/**
 * The HTTP side of a process, complete but not listening: `listen` it, or `inject` requests. `close` lets what is under
 * way finish.
 */
export function buildHttp(deps: HttpDeps): FastifyInstance {
  const app = Fastify({
    // One canonical line a request is written by request-log.ts.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf,
    clientErrorHandler: createClientErrorHandler(deps),
    // The server knows one limit for all requests; those without a form get theirs from body-deadline.ts.
    requestTimeout: UPLOAD_TIMEOUT_MS,
    http: { headersTimeout: REQUEST_TIMEOUT_MS },
    connectionTimeout: SILENCE_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // With a base URL that ends with a slash, clients ask for `/api/v1//ping` (wire facts, section 1).
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX, ignoreDuplicateSlashes: true },
    schemaController: SCHEMA_COMPILERS,
    // Requests on open connections are served to the end while closing: a 503 would lose jobs of clients that don't retry.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      // Addresses that cannot be decoded come here, past all hooks.
      startRequest(request, reply)
      sendError(error, request, reply)
      logRequest(request, reply)
    },
  })
  const { clock } = deps
  const logRequest = createRequestLog(deps)
  const about = { publicUrl: deps.config.publicUrl, version: deps.version }
  const reference = createReference(() => routes, about)
  const answersApi = deps.config.roles.has('api')
  const routes: readonly Route[] = buildRoutes(deps, reference)
  const served = answersApi ? routes : routesOfEveryProcess(routes)
  const limiter = createRateLimiter({ clock, requestsPerMinute: deps.config.requestsPerMinute })
  const gateOf = createGate({ ...deps, publicUrl: deps.config.publicUrl, limiter })
  const unknownRouteError = createUnknownRouteError(served, answersApi)

  function startRequest(request: Parameters<typeof logRequest>[0], reply: Parameters<typeof logRequest>[1]): void {
    request.startedAtMs = clock.monotonicMs()
    reply.header('x-request-id', request.id)
    reply.header('x-content-type-options', 'nosniff')
  }

  function register(scope: FastifyInstance, route: Route): void {
    registerRoute(scope, route, needsGate(route) ? gateOf(route) : null)
  }

  addRequestState(app)
  addJsonBodies(app)
  app.setErrorHandler(sendError)
  app.addHook('onRequest', (request, reply, done) => {
    startRequest(request, reply)
    // Before the body is read: a wrong address is wrong whatever is sent to it.
    done(request.is404 ? unknownRouteError(request, reply) : undefined)
  })
  app.addHook('onResponse', (request, reply, done) => {
    logRequest(request, reply)
    done()
  })
  app.addHook('preClose', (done) => {
    // Closing ends connections that are idle now. Those whose last answer is still to come must not be kept after it.
    app.server.keepAliveTimeout = 1
    app.server.keepAliveTimeoutBuffer = 0
    done()
  })
  if (answersApi) {
    reference.addTo(app)
    addDashboard(app, deps.dashboard)
  }
  app.register((scope, _options, done) => {
    addBodyDeadline(scope, { clock, limitMs: REQUEST_TIMEOUT_MS })
    for (const route of served) if (bodyOf(route) === 'json') register(scope, route)
    done()
  })
  app.register((scope, _options, done) => {
    addForms(scope)
    for (const route of served) if (bodyOf(route) === 'form') register(scope, route)
    done()
  })
  app.register((scope, _options, done) => {
    addFormsToo(scope)
    addBodyDeadline(scope, { clock, limitMs: REQUEST_TIMEOUT_MS, except: isForm })
    for (const route of served) if (bodyOf(route) === 'either') register(scope, route)
    done()
  })
  return app
}

/** What the body of a route is, where it has one. */
function bodyOf({ endpoint }: Route): 'json' | 'form' | 'either' {
  if (!endpoint.form) return 'json'
  return endpoint.body ? 'either' : 'form'
}

/** Public routes of the process have no use for keys; on those of the compat family a key that is sent is checked. */
function needsGate(route: Route): boolean {
  return route.scope !== 'public' || route.family === 'compat'
}

const PARTS: Readonly<Record<string, RequestPart>> = { body: 'body', querystring: 'query', params: 'path' }

/** Checks requests with our words for what is wrong. Fastify passes the error on to the error handler as it is. */
const compileCheck: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const part = PARTS[httpPart ?? ''] ?? 'body'
  return (value) => {
    try {
      // Fastify gives null for "no body".
      return { value: checkPart(schema, part === 'body' && value === null ? undefined : value, part) }
    } catch (error) {
      return { error: error as AppError }
    }
  }
}

/**
 * Given when the server is made and not by setters, before which Fastify loads its own two compilers: a hundred files.
 * The cast: the types know only those that compile JSON Schema.
 */
const SCHEMA_COMPILERS = {
  compilersFactory: { buildValidator: () => compileCheck, buildSerializer: () => serializerCompiler },
} as unknown as NonNullable<FastifyServerOptions['schemaController']>
