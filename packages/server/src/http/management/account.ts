import { type Account, accountChangeSchema, accountSchema, problemSchema } from '@ringback/contract'
import { isoTime } from '../../lib/iso-time.ts'
import type { AccountRow, AccountStore } from '../../store/accounts.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'

/** `GET /api/v1/account` */
export function getAccount(deps: { store: Pick<AccountStore, 'findAccount'> }): Endpoint {
  return defineEndpoint({
    answers: { 200: accountSchema },
    handle: async (request) => showAccount(await deps.store.findAccount(accountOf(request))),
  })
}

/** `PATCH /api/v1/account` */
export function changeAccount(deps: { store: Pick<AccountStore, 'findAccount' | 'updateAccount'> }): Endpoint {
  return defineEndpoint({
    body: accountChangeSchema,
    answers: { 200: accountSchema, 422: problemSchema },
    async handle(request) {
      const { job_webhook: jobWebhookMode } = request.body
      const accountId = accountOf(request)
      const row =
        jobWebhookMode === undefined
          ? await deps.store.findAccount(accountId)
          : await deps.store.updateAccount(accountId, { jobWebhookMode })
      return showAccount(row)
    },
  })
}

function showAccount(row: AccountRow | null): Account {
  if (row === null) throw new Error('a valid key belongs to no account')
  return { id: row.id, name: row.name, job_webhook: row.jobWebhookMode, created_at: isoTime(row.createdAt) }
}
