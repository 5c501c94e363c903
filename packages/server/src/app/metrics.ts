import { ATTEMPT_CAUSES } from '@ringback/contract'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Verdict } from '../courier/judge.ts'
import type { RunEnd } from '../jobs/end.ts'
import type { Clock } from '../lib/clock.ts'
import type { AttemptRow } from '../store/deliveries.ts'
import { RETENTION_PASSES, type RetentionPass } from '../store/retention.ts'
import { isCustomType } from '../workflows/definition.ts'

/** What `GET /metrics` tells, and the places where it is counted. */
export interface Metrics {
  readonly registry: Registry
  countAttempt(verdict: Verdict, attempt: AttemptRow): void
  countJob(type: string, end: RunEnd): void
  countRemoved(pass: RetentionPass, removed: number): void
  /** Shows how many jobs or deliveries this process works on whenever somebody asks. */
  showUnderWay(what: 'jobs' | 'deliveries', count: () => number): void
  /**
   * Shows how late the first of all that are due is whenever somebody asks. `dueAt` gives when it was or will be due, null
   * for none; while it rejects, there is no number.
   */
  showLate(what: 'jobs' | 'deliveries', dueAt: () => Promise<number | null>): void
}

/** Seconds; the deadline of an attempt is 10 s by default. */
const ATTEMPT_BUCKETS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Node's own default of 10 ms wakes an idle process a hundred times a second. */
const EVENT_LOOP_STEP_MS = 100

const LATE_HELP = {
  jobs: 'How long ago the job could have begun that has waited longest, whatever for; of all processes.',
  deliveries: 'How long ago the delivery should have been sent that has waited longest for its turn; of all processes.',
} as const

/**
 * The numbers of one process. Labels have few values, never ids or addresses: one bad account must not fill the
 * memory of whoever scrapes.
 */
export function createMetrics(clock: Pick<Clock, 'now'>): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_STEP_MS })

  const attempts = new Counter({
    name: 'ringback_attempts_total',
    help: 'Webhook attempts by cause of failure ("none" for success) and by what follows.',
    labelNames: ['cause', 'next'] as const,
    registers: [registry],
  })
  // From zero, as all below: a series that begins with its first failure is no rise, and alerts would miss that one.
  attempts.inc({ cause: 'none', next: 'delivered' }, 0)
  for (const cause of ATTEMPT_CAUSES) for (const next of ['waiting', 'failed']) attempts.inc({ cause, next }, 0)
  const attemptSeconds = new Histogram({
    name: 'ringback_attempt_duration_seconds',
    help: 'Time of webhook attempts from start to the end of the answer.',
    buckets: ATTEMPT_BUCKETS,
    registers: [registry],
  })
  const jobs = new Counter({
    name: 'ringback_job_runs_total',
    help: 'Runs of jobs by type and end: success, failed, or again.',
    labelNames: ['type', 'end'] as const,
    registers: [registry],
  })
  const removed = new Counter({
    name: 'ringback_retention_removed_total',
    help: 'Jobs, and deliveries without one, that were deleted or lost their payloads because they were old.',
    labelNames: ['pass'] as const,
    registers: [registry],
  })
  for (const pass of RETENTION_PASSES) removed.inc({ pass }, 0)

  return {
    registry,
    countAttempt(verdict, attempt) {
      attempts.inc({ cause: verdict.cause ?? 'none', next: verdict.next.status })
      attemptSeconds.observe(attempt.timing.totalMs / 1_000)
    },
    countJob(type, end) {
      // Accounts make types of their own, as many as they like: together they are one value of the label.
      jobs.inc({ type: isCustomType(type) ? 'custom' : type, end: end.kind })
    },
    countRemoved(pass, count) {
      removed.inc({ pass }, count)
    },
    showUnderWay(what, count) {
      new Gauge({
        name: `ringback_${what}_under_way`,
        help: `${what} that this process works on now.`,
        registers: [registry],
        collect() {
          this.set(count())
        },
      })
    },
    showLate(what, dueAt) {
      const lateSeconds = async () => {
        const first = await dueAt()
        return first === null ? 0 : Math.max(0, clock.now() - first) / 1_000
      }
      new Gauge({
        name: `ringback_${what}_late_seconds`,
        help: LATE_HELP[what],
        registers: [registry],
        async collect() {
          // When the database is away, the other measurements are wanted all the more.
          this.set(await lateSeconds().catch(() => Number.NaN))
        },
      })
    },
  }
}
