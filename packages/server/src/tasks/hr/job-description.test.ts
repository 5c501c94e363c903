import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { jobDescription } from './job-description.ts'

const answer = { job_short_description: 'We look …', job_requirements: '- PHP', job_responsibilities: '- Code' }

/** Every field that published clients send, with null for what is not known. */
const NULLS = {
  company_name: null,
  minimum_work_experience: null,
  minimum_education: null,
  employment_type: null,
  required_skills: null,
  optional_skills: null,
  country: null,
  remote: null,
  visa_sponsored: null,
  voice_tone: null,
  context: null,
  language: null,
}

test('a position with nothing but a name is described in English', async () => {
  const { result, asked } = await runWithAnswer(jobDescription, { name: 'PHP developer', ...NULLS }, answer)
  expect(result).toEqual(answer)
  expect(asked.message).toEqual({ language: 'English', position: 'PHP developer' })
})

test('empty strings count as not given, whatever the field', async () => {
  const empty = Object.fromEntries(Object.keys(NULLS).map((field) => [field, '']))
  const { asked } = await runWithAnswer(jobDescription, { name: 'PHP developer', ...empty }, answer)
  expect(asked.message).toEqual({ language: 'English', position: 'PHP developer' })
})

test('what is known reaches the model, also a plain no', async () => {
  const details = { company_name: 'Acme', required_skills: ['PHP', 'SQL'], remote: false, visa_sponsored: true }
  const { asked } = await runWithAnswer(jobDescription, { name: 'x', language: 'German', ...details }, answer)
  expect(asked.message).toEqual({ language: 'German', position: 'x', ...details })
})

test.each([
  [{ name: '' }, ['name']],
  [{ required_skills: 'PHP' }, ['required_skills']],
  [{ required_skills: Array(101).fill('PHP') }, ['required_skills']],
  [{ optional_skills: ['PHP', 5] }, ['optional_skills']],
  [{ remote: 'yes' }, ['remote']],
  [{ company_name: 'x'.repeat(201) }, ['company_name']],
])('%j is refused', (change, path) => {
  const parsed = jobDescription.input.safeParse({ name: 'PHP developer', ...change })
  expect(parsed.error?.issues[0]?.path).toEqual(path)
})
