import { newId } from '../lib/ids.ts'
import { createWebhookSettings, type WebhookSettings } from '../webhooks/settings.ts'
import { createTestEvents, type TestEvents } from '../webhooks/test-events.ts'
import { createUrlGuard, type UrlGuard } from '../webhooks/url-guard.ts'
import type { Ground } from './ground.ts'

/** Where webhooks may go, and what people set and try. */
export interface Addresses {
  readonly guard: UrlGuard
  readonly webhookSettings: WebhookSettings
  readonly testEvents: TestEvents
}

export function createAddresses({ config, clock, store, vault }: Ground): Addresses {
  const guard = createUrlGuard({ ...config, clock })
  return {
    guard,
    webhookSettings: createWebhookSettings({ store, guard, vault, clock, newId }),
    testEvents: createTestEvents({ store, guard, clock, newId }),
  }
}
