import { CONTENT_LENGTH_MAX } from '@ringback/contract'
import { describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { isId } from '../../lib/ids.ts'
import { createTaskRegistry } from '../../tasks/registry.ts'

const http = useTestHttp()

/** Fields that some task requires. */
const INPUT = { content: 'hello', language: 'German', name: 'hello' }

/** Every task whose input is JSON, and the field that it cannot do without. */
const TASKS = createTaskRegistry()
  .all.filter(({ files }) => !files)
  .map(({ path, type }) => ({ path, type, field: type === 'hr_job_description' ? 'name' : 'content' }))

describe.each(TASKS)('POST $path', ({ path, type, field }) => {
  const url = `/api/v1${path}`

  test('answers 202 with the absolute status URL and the id, in this order, once the job is on disk', async () => {
    const answer = await http.call('POST', url, { body: INPUT })
    const { job_id: jobId } = answer.json
    expect(answer.status).toBe(202)
    expect(isId(jobId)).toBe(true)
    expect(answer.text).toBe(`{"status_url":"http://ringback.test:4400${url}/job/status/${jobId}","job_id":"${jobId}"}`)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'sharpapi-job-id': jobId,
      'retry-after': '1',
      'x-ratelimit-limit': '1000',
      'x-ratelimit-remaining': expect.stringMatching(/^\d+$/),
      'x-ratelimit-reset': expect.stringMatching(/^\d+$/),
    })
    const row = await http.store.findJob(http.accountId, jobId)
    expect(row).toMatchObject({ type, status: 'new', jobWebhookUrl: null })
    expect(JSON.parse(row?.input ?? '')).toMatchObject({ [field]: 'hello' })
  })

  test('ignores unknown fields', async () => {
    const answer = await http.call('POST', url, { body: { ...INPUT, colour: 'red' } })
    expect(answer.status).toBe(202)
    const row = await http.store.findJob(http.accountId, answer.json.job_id)
    expect(row?.input).not.toContain('colour')
  })

  test('accepts null for every optional field', async () => {
    const nulls = { voice_tone: null, context: null, max_length: null }
    expect((await http.call('POST', url, { body: { ...INPUT, ...nulls } })).status).toBe(202)
  })

  test.each<[body: unknown, field: string]>([
    [{ ...INPUT, [field]: undefined }, field],
    [{ ...INPUT, [field]: 5 }, field],
    [{ ...INPUT, [field]: null }, field],
    [{ ...INPUT, [field]: ['x'] }, field],
    [{ ...INPUT, [field]: 'x'.repeat(CONTENT_LENGTH_MAX + 1) }, field],
    [[], 'body'],
    ['"text"', 'body'],
    ['null', 'body'],
  ])('answers a flat 422 that names the field (case %#)', async (body, wrong) => {
    const answer = await http.call('POST', url, { body })
    expect(answer.status).toBe(422)
    expect(answer.json).toEqual({
      code: 'request.invalid',
      message: expect.stringContaining(`${wrong}: `),
      errors: { [wrong]: [expect.any(String)] },
    })
  })
})
