import type {
  AttemptCause,
  DeliveryStatus,
  DeliveryTrigger,
  FinalJobStatus,
  JobErrorCode,
  JobStatus,
  JobWebhookMode,
} from '@ringback/contract'
import type { WebhookPurpose } from './webhooks.ts'

/**
 * The tables as Kysely sees them, for the queries that both engines share. The migrations are the truth; the
 * conformance suite runs every shared query on both.
 */
export interface Schema {
  accounts: AccountsTable
  webhooks: WebhooksTable
  jobs: JobsTable
  deliveries: DeliveriesTable
  attempts: AttemptsTable
  job_runs: JobRunsTable
}

/** A yes or no: `boolean` in PostgreSQL, 0 or 1 in SQLite, which can bind no booleans. */
type Flag = boolean | 0 | 1

interface AccountsTable {
  id: string
  name: string
  job_webhook_mode: JobWebhookMode
  requests_per_minute: number | null
  created_at: number
}

interface WebhooksTable {
  id: string
  account_id: string
  name: string
  purpose: WebhookPurpose
  job_types: string | null
  job_statuses: string | null
  headers: string | null
  retry_schedule: string | null
  rate_limit_per_second: number | null
  enabled: Flag
  disabled_reason: string | null
  url: string | null
  include_result: Flag
  sealed_secret: string | null
  sealed_previous_secret: string | null
  previous_secret_until: number | null
  created_at: number
  updated_at: number
  deleted_at: number | null
}

interface JobsTable {
  id: string
  account_id: string
  type: string
  status: JobStatus
  input: string
  result: string | null
  error_code: JobErrorCode | null
  error_message: string | null
  job_webhook_url: string | null
  attempts: number
  due_at: number | null
  leased_by: string | null
  created_at: number
  started_at: number | null
  finished_at: number | null
}

interface DeliveriesTable {
  id: string
  account_id: string
  webhook_id: string | null
  listener_id: string | null
  address_id: string
  job_id: string | null
  job_type: string
  job_status: FinalJobStatus
  trigger: DeliveryTrigger
  status: DeliveryStatus
  url: string | null
  attempt_count: number
  failure_count: number
  next_attempt_at: number | null
  leased_by: string | null
  last_cause: AttemptCause | null
  created_at: number
  finished_at: number | null
  delivered_at: number | null
  payload_removed_at: number | null
  resend: Flag
  body: string
}

/** Less what only single deliveries show. */
interface AttemptsTable {
  delivery_id: string
  number: number
  started_at: number
  cause: AttemptCause | null
  first_byte_ms: number | null
  total_ms: number
}

/** Less what only single jobs show. */
interface JobRunsTable {
  job_id: string
  account_id: string
  provider: string | null
  model: string | null
  input_tokens: number
  output_tokens: number
  cost_micro_usd: number | null
}
