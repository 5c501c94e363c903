import type { Clock } from '../../lib/clock.ts'
import { createOfflinePool, type OfflinePoolOptions } from '../offline-pool.ts'
import { TaskError } from '../task.ts'
import { createByteGate } from './byte-gate.ts'
import type { DocumentRef } from './document-ref.ts'
import type { DocumentRequest } from './document-worker.ts'
import { PICTURE_KINDS } from './kinds.ts'
import { MEMORY_BYTES_MAX, PICTURE_BYTES_MAX, READ_MS_MAX } from './limits.ts'
import { tooManyPixels } from './problems.ts'
import type { Picture, Pictures, ReadDocument, TaskDocuments } from './task-documents.ts'

/** Bytes of documents that one process has in memory at once; further jobs wait. */
const HELD_BYTES_MAX = 256 * 1024 * 1024

/** Where the bytes of documents are; the store is one. */
export interface DocumentSource {
  readDocumentChunk(chunk: { accountId: string; documentId: string; number: number }): Promise<Uint8Array | null>
}

export interface DocumentReader {
  /** The documents of one account for one run. `close` gives back what the run held in memory. */
  open(accountId: string, signal: AbortSignal): TaskDocuments & { close(): void }
  /** Ends the threads. */
  close(): Promise<void>
}

/** Reads documents in threads of their own, so that neither other jobs nor requests feel a bad one. */
export function createDocumentReader(options: {
  readonly source: DocumentSource
  readonly clock: Clock
  readonly pool?: OfflinePoolOptions
}): DocumentReader {
  const { source, clock } = options
  const gate = createByteGate(HELD_BYTES_MAX)
  const pool = createOfflinePool<DocumentRequest>({
    workerFile: new URL('./document-worker.ts', import.meta.url),
    limits: { clock, msMax: READ_MS_MAX, memoryBytesMax: MEMORY_BYTES_MAX, tooLong, tooLarge },
    ...options.pool,
  })

  async function loadBytes(accountId: string, ref: DocumentRef): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(ref.size)
    let filled = 0
    for (let number = 0; filled < ref.size; number++) {
      const chunk = await source.readDocumentChunk({ accountId, documentId: ref.document_id, number })
      if (!chunk || filled + chunk.length > ref.size) {
        throw new TaskError('document.gone', 'The document is not on this server any more; send it again.')
      }
      bytes.set(chunk, filled)
      filled += chunk.length
    }
    return bytes
  }

  return {
    open(accountId, signal) {
      const leave = new Set<() => void>()

      async function readInThread(ref: DocumentRef, want: DocumentRequest['want']): Promise<unknown> {
        const done = await gate.enter(ref.size, signal)
        try {
          const bytes = await loadBytes(accountId, ref)
          return await pool.run({ kind: ref.kind, bytes, want }, signal, [bytes.buffer])
        } finally {
          done()
        }
      }

      function picturesOf(ref: DocumentRef, needed: boolean): Pictures {
        return {
          needed,
          async load(takes) {
            const asTheyAre = ref.kind === 'pdf' ? takes.pdf : ref.kind !== 'tiff'
            // The thread chose the type of what it gives.
            if (!asTheyAre) return (await readInThread(ref, 'pictures')) as readonly Picture[]
            if (ref.size > PICTURE_BYTES_MAX) throw tooManyPixels()
            leave.add(await gate.enter(ref.size, signal))
            const mediaType = ref.kind === 'pdf' ? 'application/pdf' : `image/${ref.kind}`
            return [{ mediaType, bytes: await loadBytes(accountId, ref) }]
          },
        }
      }

      return {
        async read(ref): Promise<ReadDocument> {
          if (PICTURE_KINDS.includes(ref.kind)) return { pages: [], pictures: picturesOf(ref, true) }
          const pages = (await readInThread(ref, 'pages')) as readonly string[]
          const hasText = pages.some((page) => page !== '')
          return { pages, pictures: pages.includes('') ? picturesOf(ref, !hasText) : null }
        },
        close() {
          for (const done of leave) done()
        },
      }
    },
    close: () => pool.close(),
  }
}

function tooLong(): TaskError {
  return new TaskError('document.too_large', `The document could not be read within ${READ_MS_MAX / 1_000} s.`)
}

function tooLarge(): TaskError {
  return new TaskError('document.too_large', 'The document unpacks to more than this server reads.')
}
