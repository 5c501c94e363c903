import type { DocumentStore } from '../documents.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './synchronous.ts'

/** Documents and their chunks. */
export function documentOperations(database: Database): Synchronous<DocumentStore> {
  const insert = database.prepare(
    'insert into documents (id, account_id, job_id, created_at, sweep_at) values (?, ?, ?, ?, ?)',
  )
  const insertChunk = database.prepare('insert into document_chunks (document_id, number, bytes) values (?, ?, ?)')
  const readChunk = database.prepare<{ bytes: Uint8Array }>(
    `select bytes from document_chunks
     where document_id = (select id from documents where id = ? and account_id = ?) and number = ?`,
  )
  const listDue = database.prepare<{ id: string; hasJob: number; jobFinishedAt: number | null }>(
    `select d.id, j.id is not null and j.payload_removed_at is null as hasJob, j.finished_at as jobFinishedAt
     from documents d left join jobs j on j.id = d.job_id
     where d.sweep_at <= ? order by d.sweep_at limit +?`,
  )
  const keep = database.prepare('update documents set sweep_at = ? where id = ?')
  // `rowid` finds the few; a primary key of two columns cannot be listed in a sub-query.
  const removeChunks = database.prepare(
    `delete from document_chunks where rowid in
       (select rowid from document_chunks where document_id = ? order by number desc limit +?)`,
  )
  const remove = database.prepare(
    'delete from documents where id = ?1 and not exists (select 1 from document_chunks where document_id = ?1)',
  )
  const find = database.prepare('select 1 from documents where id = ?')

  return {
    insertDocument({ id, accountId, jobId, createdAt, sweepAt }) {
      insert.run(id, accountId, jobId, createdAt, sweepAt)
    },
    insertDocumentChunk({ documentId, number, bytes }) {
      insertChunk.run(documentId, number, bytes)
    },
    readDocumentChunk: ({ accountId, documentId, number }) =>
      readChunk.get(documentId, accountId, number)?.bytes ?? null,
    listDueDocuments: ({ now, limit }) =>
      listDue.all(now, limit).map(({ hasJob, ...document }) => ({ ...document, hasJob: hasJob === 1 })),
    keepDocument(documentId, sweepAt) {
      keep.run(sweepAt, documentId)
    },
    deleteDocument(documentId, chunksMax) {
      removeChunks.run(documentId, chunksMax)
      remove.run(documentId)
      return find.get(documentId) === undefined
    },
  }
}
