/** The webhook whose secret signs a delivery `d`: a job webhook is signed with that of `default` (design 3.2). */
export const SIGNED_BY = `w.id = coalesce(d.webhook_id,
  (select s.id from webhooks s where s.account_id = d.account_id and s.name = 'default'))`

/** A delivery `d` and its signing webhook `w` as the fields of a `LeasedDelivery`, flags as 0 and 1. */
export const LEASED_FIELDS = `d.id, d.account_id as accountId, d.webhook_id as webhookId, d.job_id as jobId, d.trigger,
  d.body, coalesce(d.url, w.url) as url, d.attempt_count as attemptCount, d.failure_count as failureCount,
  d.address_id as addressId, d.resend, d.delivered_at is not null as deliveredBefore,
  case when d.webhook_id is not null then w.headers end as customHeaders,
  case when d.webhook_id is not null then w.retry_schedule end as retrySchedule,
  w.sealed_secret as sealedSecret, w.sealed_previous_secret as sealedPreviousSecret,
  w.previous_secret_until as previousSecretUntil`
