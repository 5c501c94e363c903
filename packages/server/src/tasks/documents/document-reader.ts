import { CONTENT_LENGTH_MAX } from '@ringback/contract'
import type { Clock } from '../../lib/clock.ts'
import { createFairGate } from '../fair-gate.ts'
import { createOfflinePool, type OfflinePoolOptions } from '../offline-pool.ts'
import { TaskError } from '../task.ts'
import type { DocumentRef } from './document-ref.ts'
import type { DocumentRequest } from './document-worker.ts'
import { PICTURE_KINDS } from './kinds.ts'
import { HEAP_BYTES_MAX, MEMORY_BYTES_MAX, PICTURE_BYTES_MAX, READ_MS_MAX } from './limits.ts'
import { tooManyPixels, tooMuchText } from './problems.ts'
import type { Picture, Pictures, ReadDocument, ReadDocuments, TaskDocuments } from './task-documents.ts'

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
  const gate = createFairGate(HELD_BYTES_MAX)
  const pool = createOfflinePool<DocumentRequest>({
    workerFile: new URL('./document-worker.ts', import.meta.url),
    limits: {
      clock,
      msMax: READ_MS_MAX,
      heapBytesMax: HEAP_BYTES_MAX,
      memoryBytesMax: MEMORY_BYTES_MAX,
      tooLong,
      tooLarge,
    },
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
        const done = await gate.enter(accountId, ref.size, signal)
        try {
          const bytes = await loadBytes(accountId, ref)
          return await pool.run(accountId, { kind: ref.kind, bytes, want }, signal, [bytes.buffer])
        } finally {
          done()
        }
      }

      /** What a job shows is loaded in one go: a run that holds some while it waits for more could wait for itself. */
      function picturesOf(refs: readonly DocumentRef[], needed: boolean): Pictures {
        return {
          needed,
          async load(takes) {
            const isShownAsItIs = ({ kind }: DocumentRef) => (kind === 'pdf' ? takes.pdf : kind !== 'tiff')
            const asTheyAre = refs.filter(isShownAsItIs)
            const size = asTheyAre.reduce((sum, ref) => sum + ref.size, 0)
            if (size > PICTURE_BYTES_MAX) throw tooManyPixels()
            const converted = new Map<DocumentRef, readonly Picture[]>()
            for (const ref of refs) {
              // The thread chose the type of what it gives.
              if (!isShownAsItIs(ref)) converted.set(ref, (await readInThread(ref, 'pictures')) as readonly Picture[])
            }
            if (asTheyAre.length > 0) leave.add(await gate.enter(accountId, size, signal))
            const shown: Picture[] = []
            for (const ref of refs) shown.push(...(converted.get(ref) ?? [await loadPicture(ref)]))
            const bytes = shown.reduce((sum, picture) => sum + picture.bytes.length, 0)
            if (bytes > PICTURE_BYTES_MAX) throw tooManyPixels()
            return shown
          },
        }
      }

      async function loadPicture(ref: DocumentRef): Promise<Picture> {
        const mediaType = ref.kind === 'pdf' ? 'application/pdf' : `image/${ref.kind}`
        return { mediaType, bytes: await loadBytes(accountId, ref) }
      }

      async function readText(ref: DocumentRef): Promise<readonly string[]> {
        if (PICTURE_KINDS.includes(ref.kind)) return []
        return (await readInThread(ref, 'pages')) as readonly string[]
      }

      async function readAll(refs: readonly DocumentRef[]): Promise<ReadDocuments> {
        const texts: (readonly string[])[] = []
        let length = 0
        for (const ref of refs) {
          const pages = await readText(ref)
          length += pages.reduce((sum, page) => sum + page.length, 0)
          if (length > CONTENT_LENGTH_MAX) throw tooMuchText(length)
          texts.push(pages)
        }
        const hasNoText = (pages: readonly string[]) => pages.every((page) => page === '')
        const seen = refs.filter((_, index) => hasNoText(texts[index] ?? []) || texts[index]?.includes(''))
        const pictures = seen.length === 0 ? null : picturesOf(seen, texts.some(hasNoText))
        return { texts, pictures }
      }

      return {
        readAll,
        async read(ref): Promise<ReadDocument> {
          const { texts, pictures } = await readAll([ref])
          return { pages: texts[0] ?? [], pictures }
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
