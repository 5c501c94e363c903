import { z } from 'zod'
import { WORKFLOW_DEFAULT_LENGTH_MAX, WORKFLOW_KEY_LENGTH_MAX, WORKFLOW_NAME_LENGTH_MAX } from '../limits.ts'

/** How a workflow takes its parameters: as a JSON object, or as a form that can carry files. */
export const INPUT_MODES = ['application/json', 'multipart/form-data'] as const
export type InputMode = (typeof INPUT_MODES)[number]

/** Types of parameters, by input mode. The words are those of SharpAPI's custom workflows. */
export const JSON_PARAMETER_TYPES = ['json_string', 'json_number', 'json_boolean', 'json_object', 'json_array'] as const
export const FORM_PARAMETER_TYPES = ['form_data_text', 'form_data_file'] as const
export const PARAMETER_TYPES = [...JSON_PARAMETER_TYPES, ...FORM_PARAMETER_TYPES] as const
export type ParameterType = (typeof PARAMETER_TYPES)[number]

/** A name that can be a field of a JSON object in any language without quoting. */
export const fieldNameSchema = z
  .string()
  .regex(
    new RegExp(`^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]{0,${WORKFLOW_KEY_LENGTH_MAX - 1}}$`),
    `must have 1 to ${WORKFLOW_KEY_LENGTH_MAX} letters, digits and "_", and not begin with a digit`,
  )

/** A parameter as requests set it. */
export const parameterRequestSchema = z.strictObject({
  key: fieldNameSchema.describe('The field of the request that carries it.'),
  label: z.string().max(WORKFLOW_NAME_LENGTH_MAX).optional().describe('For people; the key when left out.'),
  type: z.enum(PARAMETER_TYPES),
  required: z.boolean().optional().describe('False when left out.'),
  default_value: z
    .string()
    .max(WORKFLOW_DEFAULT_LENGTH_MAX)
    .nullish()
    .describe('Taken when it is left out; always text: JSON text for a number, boolean, object or array.'),
})

/** A parameter as answers show it. */
export const parameterSchema = z.object({
  key: z.string(),
  label: z.string(),
  type: z.enum(PARAMETER_TYPES),
  required: z.boolean(),
  default_value: z.string().nullable(),
})
export type WorkflowParameter = z.output<typeof parameterSchema>
