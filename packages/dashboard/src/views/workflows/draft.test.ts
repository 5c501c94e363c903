import type { Workflow } from '@ringback/contract'
import { expect, test } from 'vitest'
import { inputSpecOf } from '../playground/workflow-spec.ts'
import { checkDraft, draftOf, EMPTY_DRAFT, errorAt } from './draft.ts'

const WORKFLOW: Workflow = {
  id: '019c1f0e-7c1b-7b6a-9a55-2f3f0f8f4a11',
  slug: 'mood',
  job_type: 'custom_mood',
  name: 'Mood',
  description: null,
  instructions: 'Say it.',
  run_by: 'model',
  input_mode: 'application/json',
  parameters: [
    { key: 'text', label: 'The text', type: 'json_string', required: true, default_value: null },
    { key: 'sureness', label: 'sureness', type: 'json_number', required: false, default_value: '0.5' },
  ],
  output_schema: { mood: 'string' },
  is_active: true,
  version: 1,
  endpoint: '/api/v1/custom/mood',
  created_at: '2026-01-31T08:50:11.188Z',
  updated_at: '2026-01-31T08:50:11.188Z',
}

test('a workflow that is saved as it was shown stays what it is', () => {
  const checked = checkDraft(draftOf(WORKFLOW), false)
  expect(checked).toEqual({
    body: {
      name: 'Mood',
      description: null,
      instructions: 'Say it.',
      run_by: 'model',
      input_mode: 'application/json',
      parameters: [
        { key: 'text', label: 'The text', type: 'json_string', required: true },
        { key: 'sureness', type: 'json_number', required: false, default_value: '0.5' },
      ],
      output_schema: { mood: 'string' },
      is_active: true,
    },
  })
})

test('what is wrong is told by field, at its place', () => {
  const checked = checkDraft({ ...EMPTY_DRAFT, parameters: [{ ...EMPTY_DRAFT.parameters[0], key: '' } as never] }, true)
  const errors = 'errors' in checked ? checked.errors : {}
  expect(Object.keys(errors).toSorted()).toEqual(['name', 'parameters.0.key', 'slug'])
  expect(errorAt(errors, 'parameters.0')).toMatch(/^at key: must have/)
  expect(errorAt(errors, 'name')).toBe('must have at least 1 character')
  expect(errorAt(errors, 'output_schema')).toBeUndefined()
})

test('the playground asks for the parameters of a workflow as for the fields of any job', () => {
  const { schema, isForm } = inputSpecOf(WORKFLOW)
  expect(isForm).toBe(false)
  expect(schema.required).toEqual(['text'])
  expect(schema.properties?.text).toMatchObject({ type: 'string', description: 'The text' })
  expect(schema.properties?.sureness).toMatchObject({ type: 'number', description: 'sureness. Left out, it is 0.5' })
})
