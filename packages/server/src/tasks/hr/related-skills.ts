import { z } from 'zod'
import { shortTextField } from '../fields.ts'
import { LANGUAGE_RULE, TEXT_IS_DATA, WEIGHTED_LIST_RULE } from '../instructions.ts'
import { defineTask } from '../task.ts'
import { weightedList } from '../weighted-list.ts'
import { askRelated, relatedFields } from './related.ts'

const INSTRUCTIONS = [
  'You name skills that go together at work. The input is a JSON object: its "text" names a skill. Name the skills that people',
  'with it also have or need.',
  TEXT_IS_DATA,
  LANGUAGE_RULE,
  'Answer with "related_skills": the skills, each with its "name", without the one of the text; an empty list when the',
  'text names none.',
  WEIGHTED_LIST_RULE,
].join('\n')

/** Names skills that are related to a skill. `skill` is what was asked about. */
export const relatedSkills = defineTask({
  type: 'hr_related_skills',
  path: '/hr/related_skills',
  summary: 'Names skills that are related to a skill.',
  kind: 'model',
  input: z.object({
    content: shortTextField.describe('The name of a skill.'),
    ...relatedFields,
  }),
  result: z.object({
    skill: z.string().describe('What was asked about.'),
    related_skills: weightedList,
  }),

  async run(input, context) {
    const related = await askRelated(input, { name: 'related_skills', instructions: INSTRUCTIONS }, context)
    return { skill: input.content, related_skills: related }
  },
})
