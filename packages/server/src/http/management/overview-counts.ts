import type { DeliveryCounts, JobTypeCounts, ModelUsage, Overview, Spread } from '@ringback/contract'
import { isoTime } from '../../lib/iso-time.ts'
import type { DeliverySums, JobSums, ModelSum } from '../../store/overview.ts'
import { timeOfBin } from '../../store/time-bins.ts'

/** Counts times by bins, page after page, and tells their percentiles. */
class Times {
  readonly #bins = new Map<number, number>()
  #count = 0

  add(bin: number, count: number): void {
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + count)
    this.#count += count
  }

  /** Nearest rank, so a bin in which something was measured; null without times. Rounded to what the bins can say. */
  percentile(share: number): number | null {
    const rank = Math.max(1, Math.ceil(share * this.#count))
    let seen = 0
    for (const [bin, count] of [...this.#bins].sort(([one], [other]) => one - other)) {
      seen += count
      if (seen >= rank) return Number(timeOfBin(bin).toPrecision(3))
    }
    return null
  }

  spread(): Spread {
    return { p50_ms: this.percentile(0.5), p95_ms: this.percentile(0.95), p99_ms: this.percentile(0.99) }
  }
}

const noDeliveries = (): DeliveryCounts => ({ waiting: 0, sending: 0, delivered: 0, failed: 0, discarded: 0 })

interface Step {
  readonly counts: DeliveryCounts
  readonly latency: Times
}

/** Adds up pages of deliveries. */
export class DeliveryCounter {
  readonly #totals = noDeliveries()
  readonly #latency = new Times()
  readonly #attempts = new Times()
  #attemptCount = 0
  #failedAttempts = 0
  readonly #steps: readonly Step[]

  /** @param stepCount one more than the last step there can be */
  constructor(stepCount: number) {
    this.#steps = Array.from({ length: stepCount }, () => ({ counts: noDeliveries(), latency: new Times() }))
  }

  add({ deliveries, attempts }: Pick<DeliverySums, 'deliveries' | 'attempts'>): void {
    for (const { step, status, bin, count } of deliveries) {
      // A process whose clock is ahead of ours may have created it in a step that has not come.
      const { counts, latency } = this.#steps[Math.min(step, this.#steps.length - 1)] as Step
      counts[status] += count
      this.#totals[status] += count
      if (bin === null) continue
      latency.add(bin, count)
      this.#latency.add(bin, count)
    }
    for (const { failed, bin, count } of attempts) {
      this.#attempts.add(bin, count)
      this.#attemptCount += count
      if (failed) this.#failedAttempts += count
    }
  }

  /** What was counted from a time on: the steps before it are left out. */
  read(range: { since: number; stepMs: number; from: number }) {
    const steps = this.#steps.map(({ counts, latency }, index) => ({
      at: range.since + index * range.stepMs,
      ...counts,
      p50_ms: latency.percentile(0.5),
      p95_ms: latency.percentile(0.95),
    }))
    return {
      totals: this.#totals,
      latency: this.#latency.spread(),
      attempts: { count: this.#attemptCount, failed: this.#failedAttempts, ...this.#attempts.spread() },
      steps: steps
        .filter(({ at }) => at + range.stepMs > range.from)
        .map(({ at, ...counts }) => ({ at: isoTime(at), ...counts })),
    } satisfies Partial<Overview['deliveries']>
  }
}

/** Adds up pages of jobs. */
export class JobCounter {
  readonly #types = new Map<string, JobTypeCounts>()
  readonly #models = new Map<string, ModelSum>()

  add({ jobs, models }: Pick<JobSums, 'jobs' | 'models'>): void {
    for (const { type, status, count } of jobs) {
      const counts = this.#types.get(type) ?? { type, success: 0, failed: 0, open: 0 }
      counts[status === 'success' || status === 'failed' ? status : 'open'] += count
      this.#types.set(type, counts)
    }
    for (const sum of models) {
      const key = JSON.stringify([sum.provider, sum.model])
      const before = this.#models.get(key)
      this.#models.set(key, before ? addModels(before, sum) : sum)
    }
  }

  read(): Pick<Overview['jobs'], 'types' | 'models'> {
    const total = ({ success, failed, open }: JobTypeCounts) => success + failed + open
    return {
      types: [...this.#types.values()].sort((one, other) => total(other) - total(one)),
      models: [...this.#models.values()]
        .sort((one, other) => other.costMicroUsd - one.costMicroUsd || other.runs - one.runs)
        .map(showModel),
    }
  }
}

function addModels(one: ModelSum, other: ModelSum): ModelSum {
  return {
    ...one,
    runs: one.runs + other.runs,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    costMicroUsd: one.costMicroUsd + other.costMicroUsd,
    unpricedRuns: one.unpricedRuns + other.unpricedRuns,
  }
}

function showModel(sum: ModelSum): ModelUsage {
  return {
    provider: sum.provider,
    model: sum.model,
    runs: sum.runs,
    input_tokens: sum.inputTokens,
    output_tokens: sum.outputTokens,
    cost_micro_usd: sum.costMicroUsd,
    unpriced_runs: sum.unpricedRuns,
  }
}
