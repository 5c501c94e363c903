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

export function tooManyPixels(): TaskError {
  return new TaskError(
    'document.too_large',
    'The pictures of the document are too large; send it with fewer pages or a lower resolution.',
  )
}

export function empty(): TaskError {
  return new TaskError('document.empty', 'The document has no text.')
}
