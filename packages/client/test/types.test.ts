import { expectTypeOf, test } from 'vitest'
import type { jobQuerySchema } from '../../contract/src/schemas/jobs.ts'
import type { WebhookEvent } from '../../receiver/src/index.ts'
import type {
  ContentTranslateResult,
  JobEvent,
  JobHandle,
  JobInputs,
  JobQuery,
  JobResults,
  JobWaiter,
  ResultOf,
  RingbackClient,
} from '../src/index.ts'

// Nothing here runs: `npm test -- types` fails when one of these lines compiles that should not, or the other way round.

type Client = RingbackClient
const calls: ((client: Client, waiter: JobWaiter) => unknown)[] = []

test('every method has the parameters of its endpoint and gives a handle of its type', () => {
  calls.push((client) => {
    // @ts-expect-error language is required
    client.content.translate({ content: 'x' })
    // @ts-expect-error a number is no language
    client.content.translate({ content: 'x', language: 5 })
    // @ts-expect-error a parameter with a slip of the pen
    client.content.translate({ content: 'x', language: 'German', voicetone: 'formal' })
    // @ts-expect-error no such method
    client.content.sing({ content: 'x' })
    // @ts-expect-error a path is no file
    client.hr.parseResume({ file: './cv.pdf' })
    // @ts-expect-error an option that there is not
    client.content.proofread({ content: 'x' }, { webhook: 'https://example.com' })
    // @ts-expect-error a status that there is not
    client.jobs.list({ status: 'done' })
    client.content.translate({ content: 'x', language: 'German', voice_tone: null, context: undefined })
    client.hr.parseResume({ file: new File([], 'cv.pdf'), language: 'German' })
    client.finance.parseInvoice({ file: { name: 'a.pdf', data: new Uint8Array() } })
    client.hr.jobDescription({ name: 'Welder', required_skills: ['MIG'], remote: false })
  })
  expectTypeOf<Client['content']['translate']>().returns.resolves.toEqualTypeOf<JobHandle<'content_translate'>>()
  expectTypeOf<Client['finance']['parseInvoice']>().returns.resolves.toEqualTypeOf<JobHandle<'invoice_parse'>>()
  expectTypeOf<keyof JobInputs>().toEqualTypeOf<keyof JobResults>()
})

test('the list of jobs has the filters that the server has', () => {
  expectTypeOf<keyof JobQuery>().toEqualTypeOf<keyof (typeof jobQuerySchema)['shape']>()
})

test('waiting gives the result of the type of the job, by polling and by webhook', () => {
  calls.push(async (client, waiter) => {
    const job = await client.content.translate({ content: 'x', language: 'German' })
    expectTypeOf(await client.wait(job)).toEqualTypeOf<ContentTranslateResult>()
    expectTypeOf(await client.wait(client.content.keywords({ content: 'x' }))).toEqualTypeOf<string[]>()
    expectTypeOf(await waiter.wait(job)).toEqualTypeOf<ContentTranslateResult>()
    expectTypeOf(await client.wait({ jobId: '1', type: 'content_detect_spam' })).toHaveProperty('pass')
    expectTypeOf(await client.wait({ jobId: '1', type: 'custom_mine' })).toEqualTypeOf<unknown>()
    expectTypeOf(await client.wait(client.custom<{ a: number }>('mine', {}))).toEqualTypeOf<{ a: number }>()
    expectTypeOf(await client.custom('mine')).toExtend<JobHandle<`custom_${string}`, unknown>>()
    const { ended } = await client.jobs.status(job)
    if (ended?.status === 'success') expectTypeOf(ended.result).toEqualTypeOf<ContentTranslateResult>()
    if (ended?.status === 'failed') expectTypeOf(ended.error.message).toEqualTypeOf<string>()
  })
  expectTypeOf<ResultOf<'tth_review_sentiment'>['opinion']>().toEqualTypeOf<'POSITIVE' | 'NEGATIVE' | 'NEUTRAL'>()
})

test('the events of @ringback/receiver can be given to a waiter as they are', () => {
  expectTypeOf<WebhookEvent>().toExtend<JobEvent>()
})
