import { describe, expect, expectTypeOf, test } from 'vitest'
import { TASKS } from '../../server/src/tasks/registry.ts'
import type { JobFailed, JobSucceeded, JobType, OperationalEvent, WebhookEvent } from './events.ts'

/** Every type without a `custom_` in front; one that is not here, or no type any more, does not compile. */
const TYPES: Readonly<Record<Exclude<JobType, `custom_${string}`>, true>> = {
  content_detect_phones: true,
  content_detect_emails: true,
  content_detect_urls: true,
  content_detect_address: true,
  content_detect_spam: true,
  content_detect_profanities: true,
  content_detect_ai: true,
  content_translate: true,
  content_summarize: true,
  content_paraphrase: true,
  content_proofread: true,
  content_keywords: true,
  seo_generate_tags: true,
  ecommerce_product_intro: true,
  ecommerce_product_description: true,
  ecommerce_product_categories: true,
  ecommerce_review_sentiment: true,
  ecommerce_thank_you_email: true,
  hr_parse_resume: true,
  hr_resume_job_match_score: true,
  hr_job_description: true,
  hr_related_skills: true,
  hr_related_job_positions: true,
  invoice_parse: true,
  tth_review_sentiment: true,
  tth_ta_product_categories: true,
  tth_hospitality_product_categories: true,
}

test('the job types are those of the server', () => {
  expect(Object.keys(TYPES).sort()).toEqual(TASKS.map(({ type }) => type).sort())
})

// Checked by the compiler; `event` is never read.
describe('an event', () => {
  const narrow = (_check: (event: WebhookEvent) => void) => {}

  test('is narrowed by its status', () => {
    narrow((event) => {
      if (event.status === 'success') {
        expectTypeOf(event).toEqualTypeOf<JobSucceeded>()
        expectTypeOf(event.result).toEqualTypeOf<unknown>()
        expectTypeOf(event.result_url).toEqualTypeOf<string | undefined>()
      } else if (event.status === 'failed') {
        expectTypeOf(event).toEqualTypeOf<JobFailed>()
        expectTypeOf(event.error.code).toBeString()
      } else {
        expectTypeOf(event.data.last_cause).toEqualTypeOf<string | null>()
        expectTypeOf(event.type).toEqualTypeOf<OperationalEvent['type'] | 'delivery.failed'>()
      }
    })
  })

  test('is narrowed by its type', () => {
    narrow((event) => {
      if (event.type === 'webhook.failing') expectTypeOf(event).toEqualTypeOf<OperationalEvent<'webhook.failing'>>()
      if (event.type === 'delivery.failed') expectTypeOf(event.data.failed).toBeNumber()
      if (event.type === 'content_translate') expectTypeOf(event.id).toBeString()
      if (event.type === 'custom_lead_score') expectTypeOf(event.status).toEqualTypeOf<'success' | 'failed'>()
      // @ts-expect-error a type that no server has is a mistake in writing
      if (event.type === 'content_translat') return
      if (event.type === 'webhook.failing') return
      // @ts-expect-error it was returned above
      if (event.type === 'webhook.failing') return
    })
  })

  test('may have types that are named for it', () => {
    const check = (_check: (event: WebhookEvent<'my_type'>) => void) => {}
    check((event) => {
      if (event.type === 'my_type') expectTypeOf(event.id).toBeString()
    })
  })
})
