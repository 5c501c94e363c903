import { describe } from 'vitest'
import { describeAccounts } from './conformance/accounts.ts'
import { describeAddresses } from './conformance/addresses.ts'
import { describeAttempts } from './conformance/attempts.ts'
import { describeCancel } from './conformance/cancel.ts'
import { describeClaims } from './conformance/claims.ts'
import { describeClock } from './conformance/clock.ts'
import { describeContention } from './conformance/contention.ts'
import { describeDeliveries } from './conformance/deliveries.ts'
import { describeDeliveryList } from './conformance/delivery-list.ts'
import { describeDeliveryStats } from './conformance/delivery-stats.ts'
import { describeDocuments } from './conformance/documents.ts'
import { describeFairness } from './conformance/fairness.ts'
import { describeIdempotency } from './conformance/idempotency.ts'
import { describeJobEnds } from './conformance/job-ends.ts'
import { describeJobList } from './conformance/job-list.ts'
import { describeJobRuns } from './conformance/job-runs.ts'
import { describeJobs } from './conformance/jobs.ts'
import { describeLanes } from './conformance/lanes.ts'
import { describeLeasing } from './conformance/leasing.ts'
import { describeListeners } from './conformance/listeners.ts'
import { describeMissed } from './conformance/missed.ts'
import { describeNotices } from './conformance/notices.ts'
import { describeOperationalEvents } from './conformance/operational-events.ts'
import { describeOverview } from './conformance/overview.ts'
import { describePayloadRetention } from './conformance/payload-retention.ts'
import { describeProcesses } from './conformance/processes.ts'
import { describeRecovery } from './conformance/recovery.ts'
import { describeRetention } from './conformance/retention.ts'
import { describeSessions } from './conformance/sessions.ts'
import { describeSwitchOff } from './conformance/switch-off.ts'
import { describeTexts } from './conformance/texts.ts'
import { describeWebhookSet } from './conformance/webhook-set.ts'
import { describeWebhooks } from './conformance/webhooks.ts'
import { describeWorkerJobs } from './conformance/worker-jobs.ts'
import { describeWorkflows } from './conformance/workflows.ts'
import type { OpenStore } from './conformance/world.ts'

/**
 * States every guarantee of the {@link Store} interface for one engine. `open` gives an empty store each time; it is
 * called once for each group of tests.
 */
export function describeStore(name: string, open: OpenStore): void {
  describe(`${name} store`, () => {
    describe('accounts, keys and meta', () => describeAccounts(open))
    describe('sessions and sign-in links', () => describeSessions(open))
    describe('webhooks', () => describeWebhooks(open))
    describe('set of webhooks', () => describeWebhookSet(open))
    describe('operational events', () => describeOperationalEvents(open))
    describe('notices', () => describeNotices(open))
    describe('jobs', () => describeJobs(open))
    describe('idempotency keys', () => describeIdempotency(open))
    describe('job list', () => describeJobList(open))
    describe('ends of jobs', () => describeJobEnds(open))
    describe('runs of jobs', () => describeJobRuns(open))
    describe('lanes', () => describeLanes(open))
    describe('turns and caps', () => describeFairness(open))
    describe('cancelling', () => describeCancel(open))
    describe('jobs that workers run', () => describeWorkerJobs(open))
    describe('workflows', () => describeWorkflows(open))
    describe('documents', () => describeDocuments(open))
    describe('deliveries', () => describeDeliveries(open))
    describe('attempts', () => describeAttempts(open))
    describe('leasing at the end of a job', () => describeLeasing(open))
    describe('claims', () => describeClaims(open))
    describe('addresses', () => describeAddresses(open))
    describe('switching off', () => describeSwitchOff(open))
    describe('recovery', () => describeRecovery(open))
    describe('missed', () => describeMissed(open))
    describe('listeners', () => describeListeners(open))
    describe('retention', () => describeRetention(open))
    describe('payloads with a time of their own', () => describePayloadRetention(open))
    describe('contention', () => describeContention(open))
    describe('processes', () => describeProcesses(open))
    describe('clock', () => describeClock(open))
    describe('delivery list', () => describeDeliveryList(open))
    describe('delivery stats', () => describeDeliveryStats(open))
    describe('overview', () => describeOverview(open))
    describe('texts', () => describeTexts(open))
  })
}
