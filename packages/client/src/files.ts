/** A file from memory: its name, with its ending, and its bytes or text. */
export interface NamedData {
  readonly name: string
  readonly data: Blob | ArrayBuffer | Uint8Array | string
  /** Media type, such as `application/pdf`. */
  readonly type?: string
}

/** A file to upload. A `Blob` that has no name is told by its bytes; text files need a name. */
export type FileInput = File | Blob | NamedData

/** What fields of a form or a JSON body are given as. */
export type Fields = Readonly<Record<string, unknown>>

export function isFile(value: unknown): value is FileInput {
  if (value instanceof Blob) return true
  if (typeof value !== 'object' || value === null) return false
  const { name, data } = value as Partial<NamedData>
  return typeof name === 'string' && (data instanceof Blob || data instanceof ArrayBuffer || ArrayBuffer.isView(data))
}

/** The file as a part of a form. Blobs are only named, not read: those of `fileFromPath` stay on disk until they are sent. */
export function blobOf(file: FileInput): { blob: Blob; name: string } {
  if (file instanceof File) return { blob: file, name: file.name }
  if (file instanceof Blob) return { blob: file, name: 'file' }
  const { name, data, type } = file
  if (data instanceof Blob && type === undefined) return { blob: data, name }
  if (data instanceof Blob) return { blob: data.slice(0, data.size, type), name }
  // The types of Blob exclude shared memory, which the bytes of no file are in.
  return { blob: new Blob([data as ArrayBuffer | string], type === undefined ? {} : { type }), name }
}
