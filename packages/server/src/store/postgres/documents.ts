import type { DocumentStore, DueDocument } from '../documents.ts'
import { type Database, statement } from './database.ts'

const INSERT_DOCUMENT = statement(
  'insert_document',
  'insert into documents (id, account_id, job_id, created_at, sweep_at) values ($1, $2, $3, $4, $5)',
)

const INSERT_CHUNK = statement(
  'insert_document_chunk',
  'insert into document_chunks (document_id, number, bytes) values ($1, $2, $3)',
)

const READ_CHUNK = statement(
  'read_document_chunk',
  `
  select c.bytes from documents d join document_chunks c on c.document_id = d.id and c.number = $3
  where d.id = $1 and d.account_id = $2
  `,
)

const LIST_DUE = statement(
  'list_due_documents',
  `
  select d.id, j.id is not null and j.payload_removed_at is null as "hasJob", j.finished_at as "jobFinishedAt"
  from documents d left join jobs j on j.id = d.job_id
  where d.sweep_at <= $1 order by d.sweep_at limit $2
  `,
)

const KEEP = statement('keep_document', 'update documents set sweep_at = $2 where id = $1')

const DELETE_CHUNKS = statement(
  'delete_document_chunks',
  `
  delete from document_chunks where document_id = $1 and number in
    (select number from document_chunks where document_id = $1 order by number desc limit $2)
  `,
)

const DELETE_DOCUMENT = statement(
  'delete_document',
  'delete from documents where id = $1 and not exists (select from document_chunks where document_id = $1)',
)

const FIND_DOCUMENT = statement('find_document', 'select 1 from documents where id = $1')

/** Documents and their chunks. */
export function documentOperations(database: Database): DocumentStore {
  return {
    async insertDocument({ id, accountId, jobId, createdAt, sweepAt }) {
      await database.run(INSERT_DOCUMENT, [id, accountId, jobId, createdAt, sweepAt])
    },
    async insertDocumentChunk({ documentId, number, bytes }) {
      await database.run(INSERT_CHUNK, [documentId, number, bytes])
    },
    async readDocumentChunk({ accountId, documentId, number }) {
      const [chunk] = await database.run<{ bytes: Uint8Array }>(READ_CHUNK, [documentId, accountId, number])
      return chunk?.bytes ?? null
    },
    listDueDocuments: ({ now, limit }) => database.run<DueDocument>(LIST_DUE, [now, limit]),
    async keepDocument(documentId, sweepAt) {
      await database.run(KEEP, [documentId, sweepAt])
    },
    async deleteDocument(documentId, chunksMax) {
      await database.run(DELETE_CHUNKS, [documentId, chunksMax])
      await database.run(DELETE_DOCUMENT, [documentId])
      return (await database.run(FIND_DOCUMENT, [documentId])).length === 0
    },
  }
}
