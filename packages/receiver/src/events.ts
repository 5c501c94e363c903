/** The types of jobs that Ringback knows: what `type` says when a job has finished. Workflows of yours are `custom_…`. */
export type JobType =
  | 'content_detect_phones'
  | 'content_detect_emails'
  | 'content_detect_urls'
  | 'content_detect_address'
  | 'content_detect_spam'
  | 'content_detect_profanities'
  | 'content_detect_ai'
  | 'content_translate'
  | 'content_summarize'
  | 'content_paraphrase'
  | 'content_proofread'
  | 'content_keywords'
  | 'seo_generate_tags'
  | 'ecommerce_product_intro'
  | 'ecommerce_product_description'
  | 'ecommerce_product_categories'
  | 'ecommerce_review_sentiment'
  | 'ecommerce_thank_you_email'
  | 'hr_parse_resume'
  | 'hr_resume_job_match_score'
  | 'hr_job_description'
  | 'hr_related_skills'
  | 'hr_related_job_positions'
  | 'invoice_parse'
  | 'tth_review_sentiment'
  | 'tth_ta_product_categories'
  | 'tth_hospitality_product_categories'
  | `custom_${string}`

/** Never there; lets a check of `status` or `type` tell the events apart. */
type Absent = undefined

interface JobEvent<Type extends string> {
  /** The job id, as it was in the answer to the dispatch. */
  readonly id: string
  readonly type: Type
  readonly data?: Absent
}

/** A job that ended well. */
export interface JobSucceeded<Type extends string = JobType> extends JobEvent<Type> {
  readonly status: 'success'
  /** Only when the webhook includes results. */
  readonly result?: unknown
  /** Where to fetch a result that was too large to include. */
  readonly result_url?: string
  readonly error?: Absent
}

/** A job that failed or was cancelled (`error.code` is then `job.cancelled`). */
export interface JobFailed<Type extends string = JobType> extends JobEvent<Type> {
  readonly status: 'failed'
  readonly error: { readonly code: string; readonly message: string }
  readonly result?: null
}

/** What the webhook `operational` is told of another webhook. */
export interface OperationalEvent<
  Type extends 'webhook.failing' | 'webhook.recovered' | 'webhook.disabled' =
    | 'webhook.failing'
    | 'webhook.recovered'
    | 'webhook.disabled',
> {
  readonly type: Type
  readonly status?: Absent
  /** ISO 8601, UTC. */
  readonly timestamp: string
  readonly data: {
    /** Null for a job webhook, whose `url` is its origin. */
    readonly webhook_id: string | null
    readonly webhook_name: string | null
    readonly url: string | null
    readonly reason: string | null
    readonly last_cause: string | null
    readonly consecutive_failures: number
    readonly failing_since: string | null
    readonly paused_until: string | null
    /** With `webhook.failing`: when it will be switched off if nothing succeeds until then. */
    readonly disable_at: string | null
  }
}

/** What the webhook `operational` is told, at most once an hour for each webhook: deliveries are over without success. */
export interface DeliveriesFailedEvent {
  readonly type: 'delivery.failed'
  readonly status?: Absent
  /** ISO 8601, UTC. */
  readonly timestamp: string
  readonly data: {
    /** Null for a job webhook, whose `url` is its origin. */
    readonly webhook_id: string | null
    readonly webhook_name: string | null
    readonly url: string | null
    /** How many since the last such event. */
    readonly failed: number
    readonly first_failed_at: string | null
    readonly last_failed_at: string | null
    /** One of them. */
    readonly delivery_id: string
    readonly last_cause: string | null
  }
}

/**
 * The body of a verified webhook. `status` tells finished jobs (`success`, `failed`) from operational events (none), and
 * `type` tells which. It was signed by your server, so its form is trusted and not checked field by field; a newer server
 * may send types that are not listed here. `Own` are the job types that your server has from its `ringback.config.ts`.
 */
export type WebhookEvent<Own extends string = never> =
  | JobSucceeded<JobType | Own>
  | JobFailed<JobType | Own>
  | OperationalEvent<'webhook.failing'>
  | OperationalEvent<'webhook.recovered'>
  | OperationalEvent<'webhook.disabled'>
  | DeliveriesFailedEvent
