import { expect, test } from 'vitest'
import { buildDeliveryList } from './delivery-list.ts'
import { postgresQueries } from './postgres/compiler.ts'

test('the SQL names its columns, leaves the body alone and filters by account', () => {
  const filter = { accountId: 'a', status: 'failed', jobType: 't', beforeId: 'b', limit: 20 } as const
  const { sql, parameters } = buildDeliveryList(postgresQueries, filter).compile()
  expect(sql).toMatchInlineSnapshot(
    `"select "deliveries"."id", "deliveries"."account_id" as "accountId", "deliveries"."webhook_id" as "webhookId", "deliveries"."listener_id" as "listenerId", "deliveries"."job_id" as "jobId", "deliveries"."job_type" as "jobType", "deliveries"."job_status" as "jobStatus", "deliveries"."trigger", "deliveries"."status", coalesce("deliveries"."url", "webhooks"."url") as "url", "deliveries"."attempt_count" as "attemptCount", "deliveries"."next_attempt_at" as "nextAttemptAt", "deliveries"."last_cause" as "lastCause", "deliveries"."created_at" as "createdAt", "deliveries"."finished_at" as "finishedAt", "deliveries"."delivered_at" as "deliveredAt", "deliveries"."payload_removed_at" as "payloadRemovedAt" from "deliveries" left join "webhooks" on "webhooks"."id" = "deliveries"."webhook_id" where "deliveries"."status" = $1 and deliveries.bad_end = $2 and "deliveries"."job_type" = $3 and "deliveries"."account_id" = $4 and ("deliveries"."created_at", "deliveries"."id") < (coalesce((select c.created_at from "deliveries" c where c.id = $5), $6), $7) order by "deliveries"."created_at" desc, "deliveries"."id" desc limit $8"`,
  )
  expect(parameters).toEqual(['failed', 'failed', 't', 'a', 'b', 0, 'b', 20])
})
