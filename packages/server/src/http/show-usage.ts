import type { JobUsage } from '@ringback/contract'
import { type JobRun, sumUsage } from '../store/job-runs.ts'

/** What the runs of a job used, as the API tells it; null when no model was asked. */
export function showUsage(runs: readonly JobRun[]): JobUsage | null {
  const usage = sumUsage(runs)
  if (usage.calls === 0) return null
  const models = runs.flatMap(({ modelCalls }) =>
    modelCalls.flatMap(({ provider, answeredModel }) =>
      answeredModel === null ? [] : [`${provider}/${answeredModel}`],
    ),
  )
  return {
    calls: usage.calls,
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cached_tokens: usage.cachedTokens,
    reasoning_tokens: usage.reasoningTokens,
    cost_micro_usd: usage.costMicroUsd,
    models: [...new Set(models)],
  }
}

/** A cost as `SharpAPI-Cost` tells it: US dollars, such as `0.000583`. */
export function dollarsOf(microUsd: number): string {
  return (microUsd / 1_000_000).toFixed(6)
}
