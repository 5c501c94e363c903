import { createHash } from 'node:crypto'
import { DOCUMENT_NAME_LENGTH_MAX } from '@ringback/contract'
import { newId } from '../../lib/ids.ts'
import type { DocumentStore } from '../../store/documents.ts'
import { detectKind } from '../../tasks/documents/detect-kind.ts'
import type { DocumentRef } from '../../tasks/documents/document-ref.ts'
import type { DocumentKind } from '../../tasks/documents/kinds.ts'
import { invalidRequest } from '../zod-problems.ts'
import type { FormFile } from './read-form.ts'

/**
 * Bytes of one chunk: with 64 KiB, SQLite needs four times the commits for the same file (10 MB/s less); with 1 MiB, a
 * hundred uploads at once hold 300 MB.
 */
const CHUNK_BYTES = 256 * 1024

export interface StoredDocument {
  readonly ref: DocumentRef
  /** SHA-256 of the bytes, lower-case hex. */
  readonly sha256: string
}

export interface StoreDocumentOptions {
  readonly store: Pick<DocumentStore, 'insertDocument' | 'insertDocumentChunk'>
  readonly accountId: string
  readonly jobId: string
  readonly accepts: readonly DocumentKind[]
  readonly createdAt: number
  readonly sweepAt: number
  /** Told of the document before its first byte is written, so that nothing is left behind if the rest fails. */
  readonly onBegin: (documentId: string) => void
}

/**
 * Writes a file part to the database while it comes: one chunk in memory, each on disk before the next is read. What it
 * is, is checked with the first.
 * @returns null for the empty part without a name that forms send when no file was chosen
 * @throws AppError `document.not_accepted`, `request.invalid` (a name that is too long, no bytes)
 */
export async function storeDocument(file: FormFile, options: StoreDocumentOptions): Promise<StoredDocument | null> {
  if (file.name.length > DOCUMENT_NAME_LENGTH_MAX) {
    throw wrongFile(file, `must have a name of at most ${DOCUMENT_NAME_LENGTH_MAX} characters`)
  }
  const { store, accountId, jobId, createdAt, sweepAt } = options
  const documentId = newId()
  const hash = createHash('sha256')
  let kind: DocumentKind | null = null
  let size = 0
  let number = 0
  for await (const bytes of chunksOf(file.bytes)) {
    if (kind === null) {
      kind = await detectKind(file.name, bytes, options.accepts)
      options.onBegin(documentId)
      await store.insertDocument({ id: documentId, accountId, jobId, createdAt, sweepAt })
    }
    hash.update(bytes)
    size += bytes.length
    await store.insertDocumentChunk({ documentId, number, bytes })
    number += 1
  }
  if (kind === null) {
    if (file.name === '') return null
    throw wrongFile(file, 'is empty; send the bytes of the file')
  }
  return { ref: { document_id: documentId, name: file.name, kind, size }, sha256: hash.digest('hex') }
}

/**
 * The same bytes in chunks of {@link CHUNK_BYTES}, all full but the last. They share one piece of memory, which is
 * written over when the next is asked for: garbage of this size is collected late, and would double what uploads hold.
 */
async function* chunksOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(CHUNK_BYTES)
  let filled = 0
  for await (const piece of stream) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + CHUNK_BYTES - filled)
      chunk.set(part, filled)
      filled += part.length
      at += part.length
      if (filled < CHUNK_BYTES) continue
      yield chunk
      filled = 0
    }
  }
  if (filled > 0) yield chunk.slice(0, filled)
}

function wrongFile({ field }: FormFile, message: string) {
  return invalidRequest([{ field: field, message }])
}
