import type { ApiKeyScope } from '@ringback/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'

/**
 * Who may call a route: whoever has a valid API key, or the session of a signed-in browser, with the scope that is named.
 * `any_key`: whatever its scopes. `public`: anybody; on routes of the compat family a key that is sent anyway must be
 * valid, because clients use `/ping` to try their key.
 */
export type RouteScope = 'public' | 'any_key' | ApiKeyScope

/** The scope of a key that a route asks for; null when it asks for none. */
export function scopeNeeded(scope: RouteScope): ApiKeyScope | null {
  return scope === 'public' || scope === 'any_key' ? null : scope
}

/** Whose rules a route follows; decides how its errors look (`compat`: flat; the others: RFC 9457). */
export type Family = 'compat' | 'management' | 'process'

/**
 * What a route has to do with the rate limit: `spend` counts and shows what is left, `show` only shows, `none` does
 * neither. Status polls only show: clients that poll must not starve their own dispatches (wire facts, 3.6).
 */
export type LimitUse = 'spend' | 'show' | 'none'

type SchemaOutput<Schema> = Schema extends z.ZodType ? z.output<Schema> : unknown

/** What a route takes, answers and does. */
export interface Endpoint {
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /**
   * A multipart form, which the handler reads itself (`multipart/`); the schema is for the documentation only. With a
   * body too, the handler says which of the two it wants.
   */
  readonly form?: z.ZodType
  /** Request headers that mean something here, for the documentation only. */
  readonly headers?: z.ZodType
  /** By status. Objects that a handler sends are checked against them; text is sent as it is. */
  readonly answers: Readonly<Record<number, z.ZodType>>
  /** A route that answers something else than JSON says what. */
  readonly contentType?: string
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => unknown
}

/** Checks an endpoint's types where it is written: its handler sees what its schemas give. */
export function defineEndpoint<
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(endpoint: {
  params?: Params
  query?: Query
  body?: Body
  form?: z.ZodType
  headers?: z.ZodType
  answers: Readonly<Record<number, z.ZodType>>
  contentType?: string
  handle: (
    request: FastifyRequest<{
      Params: SchemaOutput<Params>
      Querystring: SchemaOutput<Query>
      Body: SchemaOutput<Body>
    }>,
    reply: FastifyReply,
  ) => unknown
}): Endpoint {
  // Registering puts exactly these schemas in front of the handler, so what it sees has been checked by them.
  return endpoint as unknown as Endpoint
}

/** One line of the route table. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** As Fastify writes it, `:id` for a parameter. */
  readonly path: `/${string}`
  readonly scope: RouteScope
  readonly family: Family
  readonly limit: LimitUse
  readonly tag:
    | 'Jobs'
    | 'Account'
    | 'Workflows'
    | 'Workers'
    | 'Webhooks'
    | 'Deliveries'
    | 'Listeners'
    | 'API keys'
    | 'Sessions'
    | 'Process'
  /** One sentence for the documentation. */
  readonly summary: string
  readonly endpoint: Endpoint
}
