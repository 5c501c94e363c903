import { CONTENT_LENGTH_MAX, type ParameterType, type Workflow } from '@ringback/contract'
import type { InputSpec, JsonSchema } from '../../api/playground.ts'

/** How a parameter of each type is asked for: as the description of the API would have it. */
const SCHEMAS: Readonly<Record<ParameterType, JsonSchema>> = {
  json_string: { type: 'string', maxLength: CONTENT_LENGTH_MAX },
  json_number: { type: 'number' },
  json_boolean: { type: 'boolean' },
  json_object: { type: 'object' },
  json_array: { type: 'array' },
  form_data_text: { type: 'string', maxLength: CONTENT_LENGTH_MAX },
  form_data_file: { type: 'string', format: 'binary' },
}

/** The input of a workflow, which the description of the API does not have: it is the account's own. */
export function inputSpecOf({ parameters, input_mode: mode }: Workflow): InputSpec {
  return {
    isForm: mode === 'multipart/form-data',
    schema: {
      required: parameters.filter(({ required }) => required).map(({ key }) => key),
      properties: Object.fromEntries(
        parameters.map(({ key, label, type, default_value: preset }) => {
          const description = preset === null ? label : `${label}. Left out, it is ${preset}`
          return [key, { ...SCHEMAS[type], description }]
        }),
      ),
    },
  }
}

/** A workflow as the server lists its own job types. */
export function jobTypeOf({ job_type: type, endpoint, name }: Workflow) {
  return { type, path: endpoint.replace('/api/v1', ''), summary: name }
}
