import { WORKFLOWS_MAX } from '@ringback/contract'
import { describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'

const http = useTestHttp('test')

const WORKFLOW = {
  slug: 'invoice-check',
  name: 'Invoice check',
  instructions: 'Say whether the invoice adds up.',
  parameters: [{ key: 'text', type: 'json_string', required: true }],
  output_schema: { adds_up: 'boolean', reason: { type: 'string', nullable: true } },
}

const create = (change: object = {}) => http.call('POST', '/api/v1/workflows', { body: { ...WORKFLOW, ...change } })
const change = (body: object, id = WORKFLOW.slug) => http.call('PATCH', `/api/v1/workflows/${id}`, { body })

/** `field message` of each field that a 422 complains of. */
async function problems(answer: ReturnType<typeof create>): Promise<string[]> {
  const { status, json, text } = await answer
  expect(status, text).toBe(422)
  return json.errors.map(({ field, message }: { field: string; message: string }) => `${field} ${message}`)
}

describe('POST /api/v1/workflows', () => {
  test('makes a workflow, fills in what was left out, and shows it by id and by slug', async () => {
    const { status, json } = await create()
    expect(status).toBe(201)
    expect(json).toMatchObject({
      slug: 'invoice-check',
      job_type: 'custom_invoice_check',
      description: null,
      run_by: 'model',
      input_mode: 'application/json',
      parameters: [{ key: 'text', label: 'text', type: 'json_string', required: true, default_value: null }],
      output_schema: WORKFLOW.output_schema,
      is_active: true,
      version: 1,
      endpoint: '/api/v1/custom/invoice-check',
    })
    expect((await http.call('GET', `/api/v1/workflows/${json.id}`)).json).toEqual(json)
    expect((await http.call('GET', '/api/v1/workflows/invoice-check')).json).toEqual(json)
  })

  test.each<[what: string, change: object, problem: string]>([
    [
      'a slug with capitals',
      { slug: 'Invoice' },
      'slug must be lower-case letters, digits and single "-" between them',
    ],
    ['a slug with "_"', { slug: 'a_b' }, 'slug must be lower-case letters, digits and single "-" between them'],
    ['a reserved slug', { slug: 'job' }, 'slug "job" is a reserved word; choose another'],
    ['no name', { name: ' ' }, 'name must have at least 1 character'],
    ['a model without instructions', { instructions: ' ' }, 'instructions is empty; a model must be told what to do'],
    [
      'a model without an output schema',
      { output_schema: null },
      'output_schema is missing; a model must be told what to answer. Only with "run_by": "worker" it can be null',
    ],
    ['somebody else to run it', { run_by: 'people' }, 'run_by must be one of "model", "worker"'],
    [
      'a JSON parameter in a form',
      { input_mode: 'multipart/form-data', parameters: [{ key: 'a', type: 'json_string' }] },
      'parameters.0.type "json_string" does not go with the input_mode "multipart/form-data"',
    ],
    [
      'more files than a form can have',
      {
        input_mode: 'multipart/form-data',
        parameters: Array.from({ length: 11 }, (_, index) => ({ key: `file_${index}`, type: 'form_data_file' })),
      },
      'parameters has 11 files; a form may have 10 at most',
    ],
    [
      'a default value for a file',
      {
        input_mode: 'multipart/form-data',
        parameters: [{ key: 'a', type: 'form_data_file', default_value: 'cv.pdf' }],
      },
      'parameters.0.default_value cannot be given for a file',
    ],
    ['an unknown field', { colour: 1 }, 'colour is not known here'],
    [
      'an unknown word in the output schema',
      { output_schema: { a: 'text' } },
      'output_schema.a must be one of "string", "number", "integer", "boolean", "array of string", "array of number", ' +
        '"array of integer", "array of boolean"',
    ],
    [
      'an unknown long form',
      { output_schema: { a: { type: 'date' } } },
      'output_schema.a.type must be string, number, integer, boolean, enum, array or object',
    ],
    [
      'an enum without values, deep inside',
      { output_schema: { a: { type: 'array', items: { type: 'enum', values: [] } } } },
      'output_schema.a.items.values must have at least 1 item',
    ],
    [
      'a name that is no field',
      { output_schema: { 'a b': 'string' } },
      'output_schema.a b must have 1 to 64 letters, digits and "_", and not begin with a digit',
    ],
    ['no fields', { output_schema: {} }, 'output_schema must have a field'],
    [
      'too many fields',
      { output_schema: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`f${index}`, 'string'])) },
      'output_schema has 101 fields on all its levels; 100 are allowed',
    ],
    [
      'a parameter twice',
      { parameters: [WORKFLOW.parameters[0], WORKFLOW.parameters[0]] },
      'parameters.1.key "text" is there twice',
    ],
    [
      'a parameter of a form',
      { parameters: [{ key: 'a', type: 'form_data_text' }] },
      'parameters.0.type "form_data_text" does not go with the input_mode "application/json"',
    ],
    [
      'a default value of another type',
      { parameters: [{ key: 'a', type: 'json_number', default_value: '"x"' }] },
      'parameters.0.default_value must be JSON text of a number',
    ],
    [
      'a default value that is no text',
      { parameters: [{ key: 'a', type: 'json_number', default_value: 4 }] },
      'parameters.0.default_value must be a string, not a number',
    ],
    [
      'a default value that is never used',
      { parameters: [{ key: 'a', type: 'json_string', required: true, default_value: 'x' }] },
      'parameters.0.default_value is never used: the parameter is required',
    ],
  ])('refuses %s', async (_what, wrong, problem) => {
    expect(await problems(create(wrong))).toEqual([problem])
  })

  test('refuses an output schema that is nested deeper than anything reads', async () => {
    const deep = `${'{"type":"array","items":'.repeat(20_000)}"string"${'}'.repeat(20_000)}`
    const body = JSON.stringify(WORKFLOW).replace('"boolean"', deep)
    expect(await problems(http.call('POST', '/api/v1/workflows', { body }))).toEqual([
      'output_schema has more than 5 levels',
    ])
  })

  test('a slug is there once in an account, and a workflow of another account does not count', async () => {
    await create()
    expect(await create()).toMatchObject({ status: 409, json: { code: 'workflow.slug_taken' } })
    const { headers } = await http.addAccount('other')
    expect((await http.call('POST', '/api/v1/workflows', { body: WORKFLOW, headers })).status).toBe(201)
  })

  test(`an account has ${WORKFLOWS_MAX} at most`, async () => {
    for (let index = 0; index < WORKFLOWS_MAX; index++) await create({ slug: `w-${index}` })
    const { status, json } = await create()
    expect({ status, code: json.code }).toEqual({ status: 409, code: 'workflow.limit_reached' })
    expect(json.detail).toContain(String(WORKFLOWS_MAX))
  })
})

describe('PATCH /api/v1/workflows/<id>', () => {
  test('changes what is sent and makes a new version; what is the same makes none', async () => {
    const { json: before } = await create()
    const { json: after } = await change({ instructions: 'Do it better.' })
    expect(after).toEqual({ ...before, instructions: 'Do it better.', version: 2, updated_at: after.updated_at })
    expect((await change({ instructions: 'Do it better.', slug: 'invoice-check' })).json.version).toBe(2)
    expect((await change({ is_active: false }, before.id)).json).toMatchObject({ is_active: false, version: 2 })
  })

  test('checks the whole that would come of it', async () => {
    await create()
    expect(await problems(change({ output_schema: null }))).toHaveLength(1)
    expect((await change({ output_schema: null, run_by: 'worker' })).status).toBe(200)
  })

  test('refuses to change the slug', async () => {
    await create()
    expect(await problems(change({ slug: 'other' }))).toEqual([
      'slug cannot be changed: it is the address of the workflow. Make a new workflow and delete this one',
    ])
  })
})

describe('DELETE /api/v1/workflows/<id>', () => {
  test('takes it away, and the slug is free again', async () => {
    await create()
    expect((await http.call('DELETE', '/api/v1/workflows/invoice-check')).status).toBe(204)
    const gone = { status: 404, json: { code: 'workflow.not_found' } }
    expect(await http.call('DELETE', '/api/v1/workflows/invoice-check')).toMatchObject(gone)
    expect(await http.call('GET', '/api/v1/workflows/invoice-check')).toMatchObject(gone)
    expect(await change({ name: 'x' })).toMatchObject(gone)
    expect((await create()).status).toBe(201)
  })
})

test('the list is newest first, in pages, and of the account only', async () => {
  for (const slug of ['a', 'b', 'c']) await create({ slug })
  const { key } = await http.addAccount('other')
  const slugs = (json: { data: { slug: string }[] }) => json.data.map(({ slug }) => slug)
  const { json: first } = await http.call('GET', '/api/v1/workflows?limit=2')
  expect(slugs(first)).toEqual(['c', 'b'])
  const { json: second } = await http.call('GET', `/api/v1/workflows?limit=2&cursor=${first.next_cursor}`)
  expect({ slugs: slugs(second), next: second.next_cursor }).toEqual({ slugs: ['a'], next: null })
  const others = await http.call('GET', '/api/v1/workflows', { headers: { authorization: `Bearer ${key}` } })
  expect(others.json.data).toEqual([])
})

describe('a filter of a webhook', () => {
  const addWebhook = (job_types: string[]) =>
    http.call('POST', '/api/v1/webhooks', { body: { url: 'https://receiver.example/', job_types } })

  test('takes job types of the workflows of the account, also of one that was deleted', async () => {
    await create()
    expect((await addWebhook(['content_translate', 'custom_invoice_check'])).status).toBe(201)
    await http.call('DELETE', '/api/v1/workflows/invoice-check')
    expect((await addWebhook(['custom_invoice_check'])).status).toBe(201)
  })

  test('refuses one that the account never had', async () => {
    await create()
    const { key } = await http.addAccount('other')
    const answer = await http.call('POST', '/api/v1/webhooks', {
      body: { url: 'https://receiver.example/', job_types: ['content_translate', 'custom_invoice_check'] },
      headers: { authorization: `Bearer ${key}` },
    })
    expect(answer.json.errors).toEqual([
      {
        field: 'job_types.1',
        message: 'is not the job type of a workflow of this account: "custom_invoice_check"',
      },
    ])
  })
})
