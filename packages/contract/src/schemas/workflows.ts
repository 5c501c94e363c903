import { z } from 'zod'
import {
  WORKFLOW_DESCRIPTION_LENGTH_MAX,
  WORKFLOW_INSTRUCTIONS_LENGTH_MAX,
  WORKFLOW_NAME_LENGTH_MAX,
  WORKFLOW_PARAMETERS_MAX,
  WORKFLOW_SLUG_LENGTH_MAX,
} from '../limits.ts'
import { idSchema, pageSchema, timeSchema } from './common.ts'
import { outputSchemaSchema } from './workflow-output.ts'
import { INPUT_MODES, parameterRequestSchema, parameterSchema } from './workflow-parameters.ts'

/** Who runs the jobs of a workflow: this server's model, or a worker of the account. */
export const WORKFLOW_RUNNERS = ['model', 'worker'] as const
export type WorkflowRunner = (typeof WORKFLOW_RUNNERS)[number]

const slugSchema = z
  .string()
  .max(WORKFLOW_SLUG_LENGTH_MAX)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single "-" between them')
  .describe('The end of its address: `/api/v1/custom/<slug>`. It cannot be changed.')

const definitionFields = {
  name: z.string().trim().min(1).max(WORKFLOW_NAME_LENGTH_MAX),
  description: z.string().max(WORKFLOW_DESCRIPTION_LENGTH_MAX).nullable(),
  instructions: z
    .string()
    .max(WORKFLOW_INSTRUCTIONS_LENGTH_MAX)
    .describe('What the model is to do. Written by you and trusted: parameters never become part of it.'),
  run_by: z.enum(WORKFLOW_RUNNERS).describe('`model`: the model of this server. `worker`: a program of yours.'),
  input_mode: z.enum(INPUT_MODES),
  parameters: z.array(parameterRequestSchema).max(WORKFLOW_PARAMETERS_MAX),
  output_schema: outputSchemaSchema
    .nullable()
    .describe('The fields of the result, by name. Null: any JSON, which only a worker may give.'),
  is_active: z.boolean().describe('Whether it takes jobs.'),
}

/** A new workflow. */
export const newWorkflowSchema = z.strictObject({
  slug: slugSchema,
  ...definitionFields,
  description: definitionFields.description.optional(),
  instructions: definitionFields.instructions.default(''),
  run_by: definitionFields.run_by.default('model'),
  input_mode: definitionFields.input_mode.default('application/json'),
  parameters: definitionFields.parameters.default([]),
  output_schema: definitionFields.output_schema.default(null),
  is_active: definitionFields.is_active.default(true),
})
export type NewWorkflowRequest = z.output<typeof newWorkflowSchema>

/** Fields that are left out stay as they are; the slug may be sent, but must be the one it has. */
export const workflowChangeSchema = z.strictObject({ slug: z.string(), ...definitionFields }).partial()
export type WorkflowChangeRequest = z.output<typeof workflowChangeSchema>

/** A workflow as the API shows it. */
export const workflowSchema = z.object({
  id: idSchema,
  slug: z.string(),
  job_type: z.string().describe('What its jobs are called in status answers, webhooks and filters.'),
  ...definitionFields,
  parameters: z.array(parameterSchema),
  output_schema: z.record(z.string(), z.unknown()).nullable(),
  version: z.int().describe('Counts the changes of the definition; a job keeps the one that it was accepted with.'),
  endpoint: z.string().describe('Where to post its jobs.'),
  created_at: timeSchema,
  updated_at: timeSchema,
})
export type Workflow = z.output<typeof workflowSchema>

export const workflowPageSchema = pageSchema(workflowSchema)
