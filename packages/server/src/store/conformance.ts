import { describe } from 'vitest'
import { describeAccounts } from './conformance/accounts.ts'
import { describeAttempts } from './conformance/attempts.ts'
import { describeDeliveries } from './conformance/deliveries.ts'
import { describeDeliveryList } from './conformance/delivery-list.ts'
import { describeJobEnds } from './conformance/job-ends.ts'
import { describeJobs } from './conformance/jobs.ts'
import { describeProcesses } from './conformance/processes.ts'
import { describeTexts } from './conformance/texts.ts'
import { describeWebhooks } from './conformance/webhooks.ts'
import type { OpenStore } from './conformance/world.ts'

/**
 * States every guarantee of the {@link Store} interface for one engine. `open` gives an empty store each time; it is
 * called once for each group of tests.
 */
export function describeStore(name: string, open: OpenStore): void {
  describe(`${name} store`, () => {
    describe('accounts, keys and meta', () => describeAccounts(open))
    describe('webhooks', () => describeWebhooks(open))
    describe('jobs', () => describeJobs(open))
    describe('ends of jobs', () => describeJobEnds(open))
    describe('deliveries', () => describeDeliveries(open))
    describe('attempts', () => describeAttempts(open))
    describe('processes', () => describeProcesses(open))
    describe('delivery list', () => describeDeliveryList(open))
    describe('texts', () => describeTexts(open))
  })
}
