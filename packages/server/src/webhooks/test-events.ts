import type { FinalJobStatus, JobError } from '@ringback/contract'
import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import type { DeliveryStore } from '../store/deliveries.ts'
import type { ListenerStore } from '../store/listeners.ts'
import type { WebhookRow, WebhookStore } from '../store/webhooks.ts'
import { filtersPass, passes } from './filters.ts'
import { buildBodies, serialiseResult } from './payload.ts'
import { secretMissing } from './send-test.ts'
import type { UrlGuard } from './url-guard.ts'
import { urlMissing } from './wanted-settings.ts'

/** The end of a job that never was. */
export interface WantedTestEvent {
  readonly type: string
  readonly status: FinalJobStatus
  /** Left out when it is failed. */
  readonly result: unknown
  /** Id or name of the one webhook that is told, on or off; undefined: all that would be told, and all listeners. */
  readonly webhook: string | undefined
}

/** Sends samples of what receivers get, as tests: by the way of all deliveries, with one attempt each. */
export interface TestEvents {
  /**
   * Gives the ids of the deliveries; none when nobody is told of such jobs.
   * @throws AppError `webhook.not_found`, and for a webhook that was named `webhook.url_missing`,
   *   `webhook.secret_missing`, `webhook.url_not_allowed`
   */
  send(accountId: string, wanted: WantedTestEvent): Promise<string[]>
}

/** What a failed sample says. */
const SAMPLE_ERROR: JobError = { code: 'model.unavailable', message: 'The model provider could not be reached.' }

export function createTestEvents(deps: {
  readonly store: Pick<WebhookStore, 'findWebhook' | 'listWebhooks'> &
    Pick<DeliveryStore, 'insertTestDelivery'> &
    Pick<ListenerStore, 'listListeners' | 'insertListenerTest'>
  readonly guard: Pick<UrlGuard, 'checkUrl'>
  readonly clock: Clock
  readonly newId: () => string
}): TestEvents {
  const { store, guard, clock, newId } = deps

  async function findOne(accountId: string, idOrName: string): Promise<WebhookRow> {
    const webhook = await store.findWebhook(accountId, idOrName)
    if (webhook === null || webhook.purpose !== 'jobs') {
      throw new AppError('webhook.not_found', {
        detail: `The account has no webhook "${idOrName}" that is told of jobs.`,
      })
    }
    if (webhook.url === null) throw urlMissing('tested')
    if (webhook.sealedSecret === null) throw secretMissing()
    await guard.checkUrl(webhook.url, 'url')
    return webhook
  }

  return {
    async send(accountId, { type, status, result, webhook }) {
      // Made for this test alone, so that receivers which drop what they have seen do not drop the second one.
      const bodies = buildBodies({
        id: newId(),
        status,
        type,
        error: status === 'failed' ? SAMPLE_ERROR : null,
        resultText: status === 'failed' ? null : serialiseResult(result),
        resultUrl: '',
      })
      const createdAt = clock.now()
      const event = { accountId, jobType: type, jobStatus: status, createdAt } as const
      const bodyFor = (includeResult: boolean) => (includeResult ? bodies.bodyWithResult : bodies.body)

      const all = webhook === undefined ? await store.listWebhooks(accountId) : [await findOne(accountId, webhook)]
      const told = webhook === undefined ? all.filter((row) => isTold(row, type, status)) : all
      const ids: string[] = []
      for (const { id: webhookId, includeResult } of told) {
        const id = newId()
        await store.insertTestDelivery({ ...event, id, webhookId, body: bodyFor(includeResult) })
        ids.push(id)
      }
      if (webhook !== undefined) return ids
      for (const listener of await store.listListeners(accountId)) {
        const signer = all.find((row) =>
          listener.webhookId === null ? row.name === 'default' : row.id === listener.webhookId,
        )
        const hears =
          passes(listener.jobTypes, type) &&
          (listener.webhookId === null || (signer !== undefined && filtersPass(signer, type, status)))
        if (!signer || !hears || listener.expiresAt < createdAt) continue
        const id = newId()
        const test = { ...event, id, listenerId: listener.id, body: bodyFor(signer.includeResult) }
        if (await store.insertListenerTest(test)) ids.push(id)
      }
      return ids
    },
  }
}

function isTold(webhook: WebhookRow, type: string, status: FinalJobStatus): boolean {
  return webhook.purpose === 'jobs' && webhook.enabled && filtersPass(webhook, type, status)
}
