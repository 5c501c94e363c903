/**
 * A document of a job: the bytes of an uploaded file in chunks, so that neither writing nor reading one needs it whole in
 * memory. They are rows like everything else: with PostgreSQL any process may run the job, and a back-up has them.
 *
 * A document is written before its job: what the job's row names is complete and on disk. The job's id is chosen before,
 * so that a document whose job never came can be told from one that waits.
 */
export interface NewDocument {
  readonly id: string
  readonly accountId: string
  /** The job it is for, which need not exist yet. */
  readonly jobId: string
  readonly createdAt: number
  /** When to look whether it is still needed. */
  readonly sweepAt: number
}

export interface DocumentChunk {
  readonly documentId: string
  /** 0, 1, 2, … */
  readonly number: number
  readonly bytes: Uint8Array
}

/** A document that is due to be looked at. */
export interface DueDocument {
  readonly id: string
  /** False: its job was never written, was deleted, or has lost its payloads (`retention.ts`). */
  readonly hasJob: boolean
  /** Null: its job has not ended, or there is none. */
  readonly jobFinishedAt: number | null
}

export interface DocumentStore {
  insertDocument(document: NewDocument): Promise<void>
  /** Resolves when the chunk is on disk. Fails when the document is not there. */
  insertDocumentChunk(chunk: DocumentChunk): Promise<void>
  /** Null when the account has no such document, or it has no such chunk. */
  readDocumentChunk(chunk: { accountId: string; documentId: string; number: number }): Promise<Uint8Array | null>
  /** Documents whose time to be looked at has come, the longest due first. */
  listDueDocuments(due: { now: number; limit: number }): Promise<DueDocument[]>
  /** Looks at it again at `sweepAt`. */
  keepDocument(documentId: string, sweepAt: number): Promise<void>
  /**
   * Deletes up to `chunksMax` chunks, the last ones first, and the document itself with its last chunk. Gives false
   * while there is more to delete: one call must not hold up everybody else for gigabytes.
   */
  deleteDocument(documentId: string, chunksMax: number): Promise<boolean>
}
