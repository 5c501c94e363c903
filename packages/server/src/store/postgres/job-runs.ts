import type { ModelCall } from '@ringback/contract'
import { type JobRun, type JobRunStore, type MonthUsage, monthOf, type NewJobRun, usageOf } from '../job-runs.ts'
import { type Connection, statement } from './database.ts'

/** Rows that the usage of a month is spread over, at most; connections that write at once take different ones. */
const SHARDS_MAX = 64

/**
 * Parts of the statement that ends or reschedules jobs. `changed` has the jobs whose lease was there (`job_id`,
 * `account_id`, `runs`), and `records` is the JSON parameter that {@link toRunRecord} makes, one for each job that has
 * something to tell.
 *
 * The rows of a month are chosen by the connection: with one row, all batches of an account would wait for each other's
 * commit, with 10 connections at most none ever does.
 */
export function recordRuns(changed: string, records: string): string {
  return `
  record as materialized (
    select r.*, c.account_id, c.runs from json_to_recordset(${records}) as r (
      id text, started_at bigint, ended_at bigint, outcome text, provider text, model text, calls text, call_count bigint,
      input_tokens bigint, output_tokens bigint, cached_tokens bigint, reasoning_tokens bigint, cost_micro_usd bigint,
      month text, words bigint
    ) join ${changed} c on c.job_id = r.id
  ),
  run_recorded as (
    insert into job_runs (job_id, number, account_id, started_at, ended_at, outcome, provider, model, calls,
      input_tokens, output_tokens, cached_tokens, reasoning_tokens, cost_micro_usd)
    select id, runs, account_id, started_at, ended_at, outcome, provider, model, calls, input_tokens, output_tokens,
      cached_tokens, reasoning_tokens, cost_micro_usd
    from record where outcome is not null
  ),
  usage_counted as (
    insert into usage_months as u (account_id, month, shard, words, calls, input_tokens, output_tokens, cached_tokens,
      reasoning_tokens, cost_micro_usd, unpriced_runs)
    select account_id, month, pg_backend_pid() % ${SHARDS_MAX}, sum(words), sum(call_count), sum(input_tokens),
      sum(output_tokens), sum(cached_tokens), sum(reasoning_tokens), coalesce(sum(cost_micro_usd), 0),
      count(*) filter (where cost_micro_usd is null)
    from record where words > 0 or call_count > 0
    group by account_id, month order by account_id, month
    on conflict (account_id, month, shard) do update set words = u.words + excluded.words,
      calls = u.calls + excluded.calls, input_tokens = u.input_tokens + excluded.input_tokens,
      output_tokens = u.output_tokens + excluded.output_tokens, cached_tokens = u.cached_tokens + excluded.cached_tokens,
      reasoning_tokens = u.reasoning_tokens + excluded.reasoning_tokens,
      cost_micro_usd = u.cost_micro_usd + excluded.cost_micro_usd,
      unpriced_runs = u.unpriced_runs + excluded.unpriced_runs
  )`
}

/** What one job tells of its run, as {@link recordRuns} reads it; nothing when there is nothing to tell. */
export function toRunRecord(id: string, run: NewJobRun | null, words: number, now: number): object[] {
  if (run === null && words === 0) return []
  const { calls, inputTokens, outputTokens, cachedTokens, reasoningTokens, costMicroUsd } = usageOf(
    run?.modelCalls ?? [],
  )
  const [first] = run?.modelCalls ?? []
  const record = {
    id,
    started_at: run?.startedAt ?? null,
    ended_at: run?.endedAt ?? null,
    outcome: run?.outcome ?? null,
    provider: first?.provider ?? null,
    model: first?.model ?? null,
    calls: JSON.stringify(run?.modelCalls ?? []),
    call_count: calls,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cached_tokens: cachedTokens,
    reasoning_tokens: reasoningTokens,
    cost_micro_usd: costMicroUsd,
    month: monthOf(run?.endedAt ?? now),
    words,
  }
  return [record]
}

const LIST_RUNS = statement(
  'list_job_runs',
  `
  select number, started_at as "startedAt", ended_at as "endedAt", outcome, provider, model, calls as "callsText",
    input_tokens as "inputTokens", output_tokens as "outputTokens", cached_tokens as "cachedTokens",
    reasoning_tokens as "reasoningTokens", cost_micro_usd as "costMicroUsd"
  from job_runs where job_id = $1 and account_id = $2 order by number
  `,
)

const SUM_MONTH = statement(
  'sum_month_usage',
  `
  select coalesce(sum(words), 0)::bigint as words, coalesce(sum(calls), 0)::bigint as calls,
    coalesce(sum(input_tokens), 0)::bigint as "inputTokens", coalesce(sum(output_tokens), 0)::bigint as "outputTokens",
    coalesce(sum(cached_tokens), 0)::bigint as "cachedTokens",
    coalesce(sum(reasoning_tokens), 0)::bigint as "reasoningTokens",
    coalesce(sum(cost_micro_usd), 0)::bigint as "costMicroUsd",
    coalesce(sum(unpriced_runs), 0)::bigint as "unpricedRuns"
  from usage_months where account_id = $1 and month = $2
  `,
)

type StoredRun = Omit<JobRun, 'calls' | 'modelCalls'> & { readonly callsText: string }

/** What is on record of runs. */
export function jobRunOperations(database: Connection): JobRunStore {
  return {
    async listJobRuns(accountId, jobId) {
      const rows = await database.run<StoredRun>(LIST_RUNS, [jobId, accountId])
      return rows.map(({ callsText, ...run }) => {
        const modelCalls = JSON.parse(callsText) as ModelCall[]
        return { ...run, calls: modelCalls.length, modelCalls }
      })
    },
    async sumMonthUsage(accountId, month) {
      const [row] = await database.run<MonthUsage>(SUM_MONTH, [accountId, month])
      return row as MonthUsage
    },
  }
}
