// Written by generate.ts from the schemas of the server: `npm run generate`. Do not edit.

/** A job in a list. */
export interface Job {
  id: string
  type: string
  status: 'new' | 'pending' | 'success' | 'failed'
  /** Why it failed; null unless `failed`. */
  error: {
    /** Workers of the account have codes of their own, which begin with `worker.`. */
    code:
      | 'job.cancelled'
      | 'job.expired'
      | 'job.interrupted'
      | 'job.unknown_type'
      | 'job.task_failed'
      | 'job.timeout'
      | 'job.result_invalid'
      | 'model.not_configured'
      | 'model.unavailable'
      | 'model.rejected'
      | 'model.cannot_see'
      | 'document.unreadable'
      | 'document.encrypted'
      | 'document.too_large'
      | 'document.empty'
      | 'document.gone'
      | 'model.invalid_output'
      | 'worker.failed'
      | string
    message: string
  } | null
  /** How often it was started. */
  attempts: number
  /** The address of its `Job-Webhook` header. */
  job_webhook: string | null
  created_at: string
  /** When it was started first. */
  started_at: string | null
  finished_at: string | null
}

/** A page of the list of jobs. */
export interface JobPage {
  data: {
    id: string
    type: string
    status: 'new' | 'pending' | 'success' | 'failed'
    /** Why it failed; null unless `failed`. */
    error: {
      /** Workers of the account have codes of their own, which begin with `worker.`. */
      code:
        | 'job.cancelled'
        | 'job.expired'
        | 'job.interrupted'
        | 'job.unknown_type'
        | 'job.task_failed'
        | 'job.timeout'
        | 'job.result_invalid'
        | 'model.not_configured'
        | 'model.unavailable'
        | 'model.rejected'
        | 'model.cannot_see'
        | 'document.unreadable'
        | 'document.encrypted'
        | 'document.too_large'
        | 'document.empty'
        | 'document.gone'
        | 'model.invalid_output'
        | 'worker.failed'
        | string
      message: string
    } | null
    /** How often it was started. */
    attempts: number
    /** The address of its `Job-Webhook` header. */
    job_webhook: string | null
    created_at: string
    /** When it was started first. */
    started_at: string | null
    finished_at: string | null
  }[]
  next_cursor: string | null
}

/** A job with all that is known of it. */
export interface JobDetail {
  id: string
  type: string
  status: 'new' | 'pending' | 'success' | 'failed'
  /** Why it failed; null unless `failed`. */
  error: {
    /** Workers of the account have codes of their own, which begin with `worker.`. */
    code:
      | 'job.cancelled'
      | 'job.expired'
      | 'job.interrupted'
      | 'job.unknown_type'
      | 'job.task_failed'
      | 'job.timeout'
      | 'job.result_invalid'
      | 'model.not_configured'
      | 'model.unavailable'
      | 'model.rejected'
      | 'model.cannot_see'
      | 'document.unreadable'
      | 'document.encrypted'
      | 'document.too_large'
      | 'document.empty'
      | 'document.gone'
      | 'model.invalid_output'
      | 'worker.failed'
      | string
    message: string
  } | null
  /** How often it was started. */
  attempts: number
  /** The address of its `Job-Webhook` header. */
  job_webhook: string | null
  created_at: string
  /** When it was started first. */
  started_at: string | null
  finished_at: string | null
  /** What the task was given: the fields it knows; null when it was removed. */
  input: unknown
  /** What the task made; null unless `success`. */
  result: unknown
  /** When input, result and bodies were removed, by age or because somebody asked; null: they are there. */
  payload_removed_at: string | null
  /** What its `Payload-Retention` header asked for, such as `1h`; null: it had none. */
  payload_retention: string | null
  /** When input, result and bodies will go because of `payload_retention`; null while the job or a delivery of it has not ended, when they have gone, and without the header. */
  payload_removal_at: string | null
  cancel_requested_at: string | null
  /** Null when it runs or has ended. */
  waiting: {
    /** `turn`: for its turn and a free place. `worker`: for a worker of the account. `retry`: for its next attempt. `provider_limited`, `provider_unavailable`: for the provider of the model. */
    waiting_reason: 'turn' | 'worker' | 'retry' | 'provider_limited' | 'provider_unavailable'
    /** When it may be started. In the past: as soon as possible. */
    due_at: string
  } | null
  /** Null when no model was asked. */
  usage: {
    /** Requests to a model. */
    calls: number
    input_tokens: number
    /** Those of reasoning included. */
    output_tokens: number
    /** Of the input tokens, those from the provider's cache. */
    cached_tokens: number
    reasoning_tokens: number
    /** Millionths of a US dollar; null when it is not known. */
    cost_micro_usd: number | null
    /** The models that answered, as `<provider>/<model>`. */
    models: string[]
  } | null
  /** Oldest first. */
  runs: {
    /** 1 for the first start. Numbers are missing where there is nothing to tell. */
    number: number
    started_at: string
    ended_at: string
    /** `success`, or the code of what ended it. */
    outcome: string
    provider: string | null
    model: string | null
    calls: number
    input_tokens: number
    output_tokens: number
    /** Null when it is not known. */
    cost_micro_usd: number | null
  }[]
  /** Newest first. */
  deliveries: {
    id: string
    status: 'waiting' | 'sending' | 'delivered' | 'failed' | 'discarded'
    /** Null for the job webhook and for a listener. */
    webhook_id: string | null
    /** The listener that it is a copy for; null for all others. */
    listener_id: string | null
  }[]
}

/** The answer to a request to cancel a job. */
export interface JobCancellation {
  id: string
  /** `failed` when it has ended; `pending` while it is being stopped. */
  status: 'new' | 'pending' | 'success' | 'failed'
  message: string
}

/** What the account used, and its limits. */
export interface Quota {
  timestamp: string
  on_trial: boolean
  trial_ends: string
  subscribed: boolean
  current_subscription_start: string
  current_subscription_end: string
  current_subscription_reset: string
  subscription_words_quota: number
  /** Words of the inputs of jobs that ended with success this month. */
  subscription_words_used: number
  /** A fraction, 0 to 1. */
  subscription_words_used_percentage: number
  /** The rate limit of the account. */
  requests_per_minute: number
  /** What the jobs of this month used of models, failed runs included. */
  usage: {
    calls: number
    input_tokens: number
    output_tokens: number
    cached_tokens: number
    reasoning_tokens: number
    /** Millionths of a US dollar, of all runs whose cost is known. */
    cost_micro_usd: number
    /** Runs whose cost is not known. */
    unpriced_runs: number
  }
}

/** A custom workflow of the account. */
export interface CustomWorkflow {
  slug: string
  name: string
  description: string | null
  input_mode: 'application/json' | 'multipart/form-data'
  output_schema: Record<string, unknown> | null
  is_active: boolean
  /** Where to post its jobs. */
  endpoint: string
  created_at: string
  updated_at: string
  params: {
    key: string
    label: string
    type:
      | 'json_string'
      | 'json_number'
      | 'json_boolean'
      | 'json_object'
      | 'json_array'
      | 'form_data_text'
      | 'form_data_file'
    required: boolean
    default_value: string | null
  }[]
}
