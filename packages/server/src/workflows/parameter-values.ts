import type { ParameterType } from '@ringback/contract'
import { assertNever, messageOf } from '../lib/errors.ts'

/** What a value of a type is called in errors; forms carry only text and files. */
export const TYPE_NAMES: Readonly<Record<ParameterType, string>> = {
  json_string: 'a string',
  json_number: 'a number',
  json_boolean: 'true or false',
  json_object: 'a JSON object',
  json_array: 'an array',
  form_data_text: 'text',
  form_data_file: 'a file',
}

/** Whether a JSON value is of the type, as it is: `"42"` is no number. */
export function isOfType(value: unknown, type: ParameterType): boolean {
  switch (type) {
    case 'json_string':
    case 'form_data_text':
      return typeof value === 'string'
    case 'json_number':
      return typeof value === 'number'
    case 'json_boolean':
      return typeof value === 'boolean'
    case 'json_object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'json_array':
      return Array.isArray(value)
    case 'form_data_file':
      return false
    default:
      return assertNever(type)
  }
}

/** What a default value, which is always text, stands for; or what is wrong with it. */
export function readDefaultValue(type: ParameterType, text: string): { value: unknown } | { problem: string } {
  if (type === 'json_string' || type === 'form_data_text') return { value: text }
  if (type === 'form_data_file') return { problem: 'cannot be given for a file' }
  try {
    const value: unknown = JSON.parse(text)
    return isOfType(value, type) ? { value } : { problem: `must be JSON text of ${TYPE_NAMES[type]}` }
  } catch (error) {
    return { problem: `must be JSON text of ${TYPE_NAMES[type]}: ${messageOf(error)}` }
  }
}
