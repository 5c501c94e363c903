import { describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'

const http = useTestHttp('test')

async function create(change: object = {}): Promise<void> {
  const body = {
    slug: 'mood-of-text',
    name: 'Mood',
    instructions: 'Tell the mood.',
    parameters: [
      { key: 'text', label: 'The text', type: 'json_string', required: true },
      { key: 'scale', type: 'json_number', default_value: '10' },
    ],
    output_schema: { mood: 'string' },
    ...change,
  }
  const { status, text } = await http.call('POST', '/api/v1/workflows', { body })
  expect(status, text).toBe(201)
}

const dispatch = (body?: unknown, slug = 'mood-of-text') =>
  http.call('POST', `/api/v1/custom/${slug}`, body === undefined ? {} : { body })

describe('POST /api/v1/custom/<slug>', () => {
  test('is answered like every dispatch, with a status URL of seven segments', async () => {
    await create()
    const { status, json, headers } = await dispatch({ text: 'Hooray' })
    expect(status).toBe(202)
    expect(json).toEqual({ status_url: expect.any(String), job_id: headers['sharpapi-job-id'] })
    const { pathname } = new URL(json.status_url)
    expect(pathname).toBe(`/api/v1/custom/mood-of-text/job/status/${json.job_id}`)
    expect(pathname.split('/').filter(Boolean)).toHaveLength(7)
    expect((await http.call('GET', pathname)).json.data.attributes).toEqual({
      status: 'new',
      type: 'custom_mood_of_text',
      result: null,
    })
  })

  test('the stored input has the parameters with defaults, and the version it was accepted with', async () => {
    await create()
    const { json } = await dispatch({ text: 'Hooray' })
    const row = await http.store.findJob(http.accountId, json.job_id)
    const { workflow_version, parameters } = JSON.parse(row?.input ?? '')
    expect(parameters).toEqual({ text: 'Hooray', scale: 10 })
    expect(await http.store.findWorkflowVersion(http.accountId, workflow_version)).not.toBeNull()
  })

  test('what is wrong is said by field, a list of messages each', async () => {
    await create()
    const { status, json } = await dispatch({ scale: '42', other: 1 })
    expect(status).toBe(422)
    expect(json).toEqual({
      code: 'request.invalid',
      message: 'other: is not a parameter of this workflow (and 2 more)',
      errors: {
        other: ['is not a parameter of this workflow'],
        text: ['is missing; it must be a string'],
        scale: ['must be a number, not a string'],
      },
    })
  })

  test.each<[what: string, body: unknown]>([
    ['nothing', undefined],
    ['the [] of PHP', []],
    ['an empty object', {}],
  ])('a workflow without parameters takes %s', async (_what, body) => {
    await create({ parameters: [] })
    expect((await dispatch(body)).status).toBe(202)
  })

  test('what is nested deeper than programs of workers can read is refused', async () => {
    await create({ run_by: 'worker', parameters: [{ key: 'tree', type: 'json_array' }] })
    const nested = (levels: number) => `{"tree":${'['.repeat(levels)}${']'.repeat(levels)}}`
    expect((await dispatch(nested(255))).status).toBe(202)
    for (const levels of [256, 200_000]) {
      const { status, json } = await dispatch(nested(levels))
      expect(status).toBe(422)
      expect(json.errors).toEqual({ body: ['is nested deeper than 256 levels'] })
    }
  })

  test('an unknown slug is 404, that of another account too; one that is switched off is 409', async () => {
    await create()
    expect(await dispatch({ text: 'x' }, 'nothing')).toMatchObject({
      status: 404,
      json: { code: 'workflow.not_found' },
    })
    const { headers } = await http.addAccount('other')
    const body = { text: 'x' }
    expect((await http.call('POST', '/api/v1/custom/mood-of-text', { body, headers })).status).toBe(404)
    await http.call('PATCH', '/api/v1/workflows/mood-of-text', { body: { is_active: false } })
    expect(await dispatch(body)).toMatchObject({ status: 409, json: { code: 'workflow.inactive' } })
  })

  test('a Job-Webhook is checked as on every dispatch', async () => {
    await create()
    const headers = { 'job-webhook': 'http://127.0.0.1/' }
    const { json } = await http.call('POST', '/api/v1/custom/mood-of-text', { body: { text: 'x' }, headers })
    expect(json.code).toBe('webhook.url_not_allowed')
  })
})

describe('GET /api/v1/custom', () => {
  test('shows a workflow as its clients read it', async () => {
    await create()
    const { json } = await http.call('GET', '/api/v1/custom/mood-of-text')
    expect(json).toEqual({
      data: {
        slug: 'mood-of-text',
        name: 'Mood',
        description: null,
        input_mode: 'application/json',
        output_schema: { mood: 'string' },
        is_active: true,
        endpoint: '/api/v1/custom/mood-of-text',
        created_at: expect.any(String),
        updated_at: expect.any(String),
        params: [
          { key: 'text', label: 'The text', type: 'json_string', required: true, default_value: null },
          { key: 'scale', label: 'scale', type: 'json_number', required: false, default_value: '10' },
        ],
      },
    })
    expect(await http.call('GET', '/api/v1/custom/nothing')).toMatchObject({ status: 404 })
  })

  test('pages by number with whole numbers in meta, 15 to a page, never more than 100', async () => {
    for (let index = 0; index < 17; index++) await create({ slug: `w-${index}` })
    const page = async (query: string) => (await http.call('GET', `/api/v1/custom${query}`)).json
    const first = await page('')
    expect(first.data).toHaveLength(15)
    expect(first.meta).toEqual({ pagination: { total: 17, per_page: 15, current_page: 1, total_pages: 2 } })
    expect((await page('?page=2')).data.map(({ slug }: { slug: string }) => slug)).toEqual(['w-1', 'w-0'])
    expect((await page('?page=3')).data).toEqual([])
    expect((await page('?per_page=500')).meta.pagination).toMatchObject({ per_page: 100, total_pages: 1 })
    expect((await http.call('GET', '/api/v1/custom?page=0')).status).toBe(422)
  })

  test('an account without workflows has one empty page', async () => {
    const { json } = await http.call('GET', '/api/v1/custom')
    expect(json).toEqual({
      data: [],
      meta: { pagination: { total: 0, per_page: 15, current_page: 1, total_pages: 1 } },
    })
  })
})
