import { CONTENT_LENGTH_MAX } from '@ringback/contract'
import { TaskError } from '../task.ts'

/** What the owners of jobs are told when a document cannot be read. */

export function unreadable(label: string, cause?: unknown): TaskError {
  return new TaskError('document.unreadable', `The document is no ${label} that can be read; it may be damaged.`, {
    cause,
  })
}

export function tooManyPages(pages: number, pagesMax: number): TaskError {
  return new TaskError('document.too_large', `The document has ${pages} pages; ${pagesMax} are the most that are read.`)
}

/** Of one document, or of all documents of a job together. */
export function tooMuchText(length: number): TaskError {
  const message = `The document has ${length} characters of text; ${CONTENT_LENGTH_MAX} are the most that are read.`
  return new TaskError('document.too_large', message)
}

export function tooManyPixels(): TaskError {
  return new TaskError(
    'document.too_large',
    'The pictures of the document are too large; send it with fewer pages or a lower resolution.',
  )
}

export function empty(): TaskError {
  return new TaskError('document.empty', 'The document has no text.')
}
