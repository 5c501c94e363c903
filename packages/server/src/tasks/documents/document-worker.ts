import { answerFromThread, type ThreadAnswer, type ThreadRequest } from '../thread-answer.ts'
import type { DocumentKind } from './kinds.ts'
import { readPages, readPictures } from './read-document.ts'

/** One document for a worker thread, whose bytes the thread owns. */
export interface DocumentRequest {
  readonly kind: DocumentKind
  readonly bytes: Uint8Array
  /** Text of its pages, or its pages as pictures. */
  readonly want: 'pages' | 'pictures'
}

/** Runs in a worker thread of the pool (`offline-pool.ts`): whatever a document does there, it does to that thread. */
export function runInThread({ kind, bytes, want, mark }: ThreadRequest<DocumentRequest>): Promise<ThreadAnswer> {
  return answerFromThread(mark, () => (want === 'pages' ? readPages(kind, bytes) : readPictures(kind, bytes)))
}
