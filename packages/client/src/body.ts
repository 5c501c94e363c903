import { blobOf, type Fields, type FileInput, isFile, type NamedData } from './files.ts'

/** The body of a dispatch, which can be sent again. */
export interface Body {
  readonly content: string | FormData
  /** What `fetch` cannot tell of itself. */
  readonly headers: Readonly<Record<string, string>>
  readonly hasFiles: boolean
}

/**
 * JSON, or a form as soon as there is a file. Fields that are undefined are left out; of a form also those that are null,
 * because a form knows no null, and lists and objects go as JSON text (wire facts of custom workflows).
 * @param asForm a form in any case
 * @param fileFields fields that are files whatever they look like: a text with a name is one
 * @throws TypeError for fields that are no object, or cannot be sent
 */
export function bodyOf(fields: Fields, { asForm = false, fileFields = [] as readonly string[] } = {}): Body {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new TypeError('The input of a job must be an object with its fields.')
  }
  const isFileField = (name: string, value: unknown) => isFile(value) || (fileFields.includes(name) && isNamed(value))
  const hasFiles = Object.entries(fields).some(([name, value]) => isFileField(name, value))
  for (const name of fileFields) {
    if (!isFileField(name, fields[name])) {
      throw new TypeError(`The field "${name}" must be a File, a Blob, or an object with "name" and "data".`)
    }
  }
  if (!hasFiles && !asForm) {
    return { content: JSON.stringify(fields), headers: { 'content-type': 'application/json' }, hasFiles }
  }
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === null) continue
    if (isFileField(name, value)) {
      const { blob, name: fileName } = blobOf(value as FileInput)
      form.append(name, blob, fileName)
    } else {
      form.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value))
    }
  }
  return { content: form, headers: {}, hasFiles }
}

function isNamed(value: unknown): value is NamedData {
  const { name, data } = (value ?? {}) as Partial<NamedData>
  return typeof name === 'string' && typeof data === 'string'
}
