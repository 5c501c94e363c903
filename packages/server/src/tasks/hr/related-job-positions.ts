import { z } from 'zod'
import { shortTextField } from '../fields.ts'
import { LANGUAGE_RULE, TEXT_IS_DATA, WEIGHTED_LIST_RULE } from '../instructions.ts'
import { defineTask } from '../task.ts'
import { weightedList } from '../weighted-list.ts'
import { askRelated, relatedFields } from './related.ts'

const INSTRUCTIONS = [
  'You name jobs that are alike. The input is a JSON object: its "text" is the title of a job. Name the titles of jobs with much',
  'the same work, or that people go to and come from.',
  TEXT_IS_DATA,
  LANGUAGE_RULE,
  'Answer with "related_job_positions": the titles, each with its "name", without the one of the text; an empty list when the',
  'text names none.',
  WEIGHTED_LIST_RULE,
].join('\n')

/** Names job positions that are related to one. `job_position` is what was asked about. */
export const relatedJobPositions = defineTask({
  type: 'hr_related_job_positions',
  path: '/hr/related_job_positions',
  summary: 'Names job positions that are related to one.',
  kind: 'model',
  input: z.object({
    content: shortTextField.describe('The title of a job position.'),
    ...relatedFields,
  }),
  result: z.object({
    job_position: z.string().describe('What was asked about.'),
    related_job_positions: weightedList,
  }),

  async run(input, context) {
    const related = await askRelated(input, { name: 'related_job_positions', instructions: INSTRUCTIONS }, context)
    return { job_position: input.content, related_job_positions: related }
  },
})
