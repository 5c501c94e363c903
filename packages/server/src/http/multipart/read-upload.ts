import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { REQUEST_BODY_BYTES_MAX } from '@ringback/contract'
import { deleteWholeDocument, ORPHAN_AFTER_MS } from '../../jobs/document-sweeper.ts'
import type { Clock } from '../../lib/clock.ts'
import { newId } from '../../lib/ids.ts'
import type { DocumentStore } from '../../store/documents.ts'
import type { DocumentRef } from '../../tasks/documents/document-ref.ts'
import type { TaskFile } from '../../tasks/task.ts'
import { invalidRequest } from '../zod-problems.ts'
import { type FormFile, readForm } from './read-form.ts'
import { type StoredDocument, storeDocument } from './store-document.ts'
import type { UploadSlots } from './upload-slots.ts'

/** Text parts, and what stands between all parts. */
const FIELDS_BYTES_MAX = 2 * REQUEST_BODY_BYTES_MAX

export interface UploadDeps {
  readonly store: Pick<DocumentStore, 'insertDocument' | 'insertDocumentChunk' | 'deleteDocument'>
  readonly clock: Clock
  /** Largest file, in bytes. */
  readonly documentBytesMax: number
  readonly slots: UploadSlots
}

/** A form whose files are on disk and wait for their job. */
export interface Upload {
  /** The id that the job must get: its documents name it. */
  readonly jobId: string
  /** The text parts, by their names. */
  readonly fields: Readonly<Record<string, string>>
  /** The documents, by the names of their parts. */
  readonly documents: Readonly<Record<string, DocumentRef>>
  /** The same for the same form, whatever the order and the boundaries of its parts: 64 hex characters. */
  readonly fingerprint: string
  /** Deletes the documents: there will be no job. */
  discard(): Promise<void>
}

/**
 * Reads a multipart form with the files that a job type takes, and writes them to disk as they come. When it throws,
 * nothing of the form is left; what a crash leaves, the sweeper finds.
 * @throws AppError what {@link readForm} and {@link storeDocument} throw, `request.invalid` for a file that is required
 *   and was not sent, that is none of the job type's, or that was sent as text; `request.rate_limited` for too many at once
 */
export async function readUpload(
  request: IncomingMessage,
  options: { accountId: string; files: readonly TaskFile[] },
  { store, clock, documentBytesMax, slots }: UploadDeps,
): Promise<Upload> {
  const release = slots.take(options.accountId)
  const jobId = newId()
  const begun: string[] = []
  const documents = new Map<string, StoredDocument>()

  async function takeFile(file: FormFile): Promise<void> {
    const rule = options.files.find(({ field }) => field === file.field)
    if (!rule) {
      const expected = options.files.map(({ field }) => `"${field}"`).join(', ') || 'none'
      throw invalidRequest([{ field: file.field, message: `is no file of this job type; it takes ${expected}` }])
    }
    const createdAt = clock.now()
    const stored = await storeDocument(file, {
      store,
      accountId: options.accountId,
      jobId,
      accepts: rule.accepts,
      createdAt,
      sweepAt: createdAt + ORPHAN_AFTER_MS,
      onBegin: (documentId) => begun.push(documentId),
    })
    if (stored) documents.set(file.field, stored)
  }

  async function discard(): Promise<void> {
    for (const documentId of begun) await deleteWholeDocument(store, documentId)
  }

  try {
    const fields = await readForm(request, {
      clock,
      fileBytesMax: documentBytesMax,
      formBytesMax: options.files.length * documentBytesMax + FIELDS_BYTES_MAX,
      sizeSetting: 'RINGBACK_DOCUMENT_MEGABYTES',
      takeFile,
    })
    for (const { field, required } of options.files) {
      if (documents.has(field)) continue
      if (fields.get(field)) {
        throw invalidRequest([{ field, message: 'was sent as text; send it as a file, with a file name' }])
      }
      if (required) throw invalidRequest([{ field, message: 'is missing; send it as a file' }])
      fields.delete(field)
    }
    const refs = [...documents].map(([field, { ref }]) => [field, ref] as const)
    return {
      jobId,
      fields: Object.fromEntries(fields),
      documents: Object.fromEntries(refs),
      fingerprint: fingerprintOf(fields, documents),
      discard,
    }
  } catch (error) {
    // The sweeper deletes what cannot be deleted now; the first error is the one to tell.
    await discard().catch(() => {})
    throw error
  } finally {
    release()
  }
}

function fingerprintOf(fields: ReadonlyMap<string, string>, documents: ReadonlyMap<string, StoredDocument>): string {
  const parts = [
    ...[...fields].map(([name, value]) => [name, 'text', value]),
    ...[...documents].map(([name, { ref, sha256 }]) => [name, 'file', ref.name, sha256]),
  ]
  const sorted = parts.sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex')
}
