import type { ModelCall } from '@ringback/contract'
import { type JobRun, type JobRunStore, type MonthUsage, monthOf, type NewJobRun, usageOf } from '../job-runs.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './synchronous.ts'

/** What `finishJob` and `rescheduleJob` tell of a run, inside their transaction. */
export interface RunRecorder {
  /** Records a run, when there is one to record, and counts it and the words into the month in which it ended. */
  record(job: { id: string; accountId: string; runs: number }, run: NewJobRun | null, words: number, now: number): void
}

export function createRunRecorder(database: Database): RunRecorder {
  const insert = database.prepare(
    `insert into job_runs (job_id, number, account_id, started_at, ended_at, outcome, provider, model, calls,
       input_tokens, output_tokens, cached_tokens, reasoning_tokens, cost_micro_usd)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const count = database.prepare(
    `insert into usage_months as u (account_id, month, shard, words, calls, input_tokens, output_tokens, cached_tokens,
       reasoning_tokens, cost_micro_usd, unpriced_runs)
     values (?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (account_id, month, shard) do update set words = u.words + excluded.words,
       calls = u.calls + excluded.calls, input_tokens = u.input_tokens + excluded.input_tokens,
       output_tokens = u.output_tokens + excluded.output_tokens, cached_tokens = u.cached_tokens + excluded.cached_tokens,
       reasoning_tokens = u.reasoning_tokens + excluded.reasoning_tokens,
       cost_micro_usd = u.cost_micro_usd + excluded.cost_micro_usd,
       unpriced_runs = u.unpriced_runs + excluded.unpriced_runs`,
  )
  return {
    record({ id, accountId, runs }, run, words, now) {
      const usage = usageOf(run?.modelCalls ?? [])
      const tokens = [usage.inputTokens, usage.outputTokens, usage.cachedTokens, usage.reasoningTokens]
      if (run) {
        const { startedAt, endedAt, outcome, modelCalls } = run
        const [first] = modelCalls
        const calls = JSON.stringify(modelCalls)
        const asked = [first?.provider ?? null, first?.model ?? null]
        insert.run(id, runs, accountId, startedAt, endedAt, outcome, ...asked, calls, ...tokens, usage.costMicroUsd)
      }
      if (words === 0 && usage.calls === 0) return
      const cost = [usage.costMicroUsd ?? 0, usage.costMicroUsd === null ? 1 : 0]
      count.run(accountId, monthOf(run?.endedAt ?? now), words, usage.calls, ...tokens, ...cost)
    },
  }
}

type StoredRun = Omit<JobRun, 'calls' | 'modelCalls'> & { readonly callsText: string }

/** What is on record of runs. */
export function jobRunOperations(database: Database): Synchronous<JobRunStore> {
  const list = database.prepare<StoredRun>(
    `select number, started_at as startedAt, ended_at as endedAt, outcome, provider, model, calls as callsText,
       input_tokens as inputTokens, output_tokens as outputTokens, cached_tokens as cachedTokens,
       reasoning_tokens as reasoningTokens, cost_micro_usd as costMicroUsd
     from job_runs where job_id = ? and account_id = ? order by number`,
  )
  const sumMonth = database.prepare<MonthUsage>(
    `select coalesce(sum(words), 0) as words, coalesce(sum(calls), 0) as calls,
       coalesce(sum(input_tokens), 0) as inputTokens, coalesce(sum(output_tokens), 0) as outputTokens,
       coalesce(sum(cached_tokens), 0) as cachedTokens, coalesce(sum(reasoning_tokens), 0) as reasoningTokens,
       coalesce(sum(cost_micro_usd), 0) as costMicroUsd, coalesce(sum(unpriced_runs), 0) as unpricedRuns
     from usage_months where account_id = ? and month = ?`,
  )
  return {
    listJobRuns: (accountId, jobId) => list.all(jobId, accountId).map(toJobRun),
    sumMonthUsage: (accountId, month) => sumMonth.get(accountId, month) as MonthUsage,
  }
}

function toJobRun({ callsText, ...run }: StoredRun): JobRun {
  const modelCalls = JSON.parse(callsText) as ModelCall[]
  return { ...run, calls: modelCalls.length, modelCalls }
}
