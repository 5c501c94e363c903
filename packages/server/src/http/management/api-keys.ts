import {
  type ApiKey,
  type ApiKeyScope,
  apiKeyPageSchema,
  apiKeySchema,
  type CreatedApiKey,
  createdApiKeySchema,
  idParamsSchema,
  newApiKeySchema,
  pageQuerySchema,
  problemSchema,
} from '@ringback/contract'
import type { ApiKeys } from '../../accounts/api-keys.ts'
import { readScopes } from '../../accounts/scopes.ts'
import { AppError } from '../../lib/errors.ts'
import { isoTime, isoTimeOrNull } from '../../lib/iso-time.ts'
import type { ApiKeyRow } from '../../store/accounts.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { pageOfAll } from './page.ts'

/** `GET /api/v1/api-keys`: revoked ones included. */
export function listApiKeys(deps: { apiKeys: Pick<ApiKeys, 'list'> }): Endpoint {
  return defineEndpoint({
    query: pageQuerySchema,
    answers: { 200: apiKeyPageSchema, 422: problemSchema },
    handle: async (request) => pageOfAll(await deps.apiKeys.list(accountOf(request)), request.query, showApiKey),
  })
}

/** `POST /api/v1/api-keys`: the only answer that ever holds the key. It may do no more than the key that makes it. */
export function createApiKey(deps: { apiKeys: Pick<ApiKeys, 'create'> }): Endpoint {
  return defineEndpoint({
    body: newApiKeySchema,
    answers: { 201: createdApiKeySchema, 403: problemSchema, 422: problemSchema },
    async handle(request, reply): Promise<CreatedApiKey> {
      const own = request.scopes ?? []
      const { name, scopes = own } = request.body
      const more = scopes.filter((scope) => !own.includes(scope))
      if (more.length > 0) throw moreThanItself(more)
      const { row, key } = await deps.apiKeys.create(accountOf(request), name, scopes)
      reply.code(201)
      return { ...showApiKey(row), key }
    },
  })
}

/** `DELETE /api/v1/api-keys/<id>`: revokes it. Also the key of the request itself: that is how a leaked one is ended. */
export function revokeApiKey(deps: { apiKeys: Pick<ApiKeys, 'revoke'> }): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    answers: { 200: apiKeySchema, 404: problemSchema },
    handle: async (request) => showApiKey(await deps.apiKeys.revoke(accountOf(request), request.params.id)),
  })
}

function showApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: [...readScopes(row.scopes)],
    created_at: isoTime(row.createdAt),
    revoked_at: isoTimeOrNull(row.revokedAt),
  }
}

function moreThanItself(scopes: readonly ApiKeyScope[]): AppError {
  const names = scopes.map((scope) => `"${scope}"`).join(', ')
  return new AppError('auth.scope_missing', {
    detail: 'An API key can be given only what the key that makes it may do itself.',
    fields: [{ field: 'scopes', message: `has what the key of this request does not have: ${names}` }],
  })
}
