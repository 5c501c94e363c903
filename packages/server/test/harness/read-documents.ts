import type { TaskDocuments } from '../../src/tasks/documents/task-documents.ts'

/** Documents that were read already, and all say this. */
export function documentsSaying(text: string): TaskDocuments {
  return {
    read: () => Promise.resolve({ pages: [text], pictures: null }),
    readAll: (refs) => Promise.resolve({ texts: refs.map(() => [text]), pictures: null }),
  }
}

/** What an input says of a document. */
export const DOCUMENT_REF = {
  document_id: '01a20e87-b64f-7c22-88cb-e3f4f8c1bce7',
  name: 'cv.pdf',
  kind: 'pdf',
  size: 9,
}
