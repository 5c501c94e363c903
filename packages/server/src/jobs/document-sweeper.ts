import type { CancelTimer, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { DocumentStore, DueDocument } from '../store/documents.ts'

/**
 * A document whose job was not written after so long never gets one: an upload takes ten minutes at most. It is also
 * how often a document is looked at again whose job has not ended.
 */
export const ORPHAN_AFTER_MS = 3_600_000

/** How often to look for what is due. */
const LOOK_MS = 60_000

/** Documents of one look-up. */
const DOCUMENTS_MAX = 50

/** Chunks that one call deletes: 16 MiB, some ten milliseconds. */
const DELETED_CHUNKS_MAX = 64

/** Deletes a document in steps that hold up nobody. Gives false when it was stopped before the end. */
export async function deleteWholeDocument(
  store: Pick<DocumentStore, 'deleteDocument'>,
  documentId: string,
  isStopped = () => false,
): Promise<boolean> {
  while (!isStopped()) if (await store.deleteDocument(documentId, DELETED_CHUNKS_MAX)) return true
  return false
}

export interface DocumentSweeper {
  start(): void
  /** Resolves when the look that is under way has ended. */
  swept(): Promise<void>
  stop(): Promise<void>
}

/**
 * Deletes documents that nobody needs any more: those that never got a job (a process was killed in the middle of an
 * upload), and those whose job ended longer ago than `retentionMs`. Any number of processes may sweep the same database.
 */
export function createDocumentSweeper(options: {
  store: Pick<DocumentStore, 'listDueDocuments' | 'keepDocument' | 'deleteDocument'>
  retentionMs: number
  clock: Clock
  log: Log
}): DocumentSweeper {
  const { store, retentionMs, clock, log } = options
  let cancelTimer: CancelTimer = () => {}
  let sweeping: Promise<void> = Promise.resolve()
  let stopped = false

  async function sweep(): Promise<void> {
    let deleted = 0
    let due: DueDocument[]
    do {
      const now = clock.now()
      due = await store.listDueDocuments({ now, limit: DOCUMENTS_MAX })
      for (const document of due) {
        const neededUntil = neededUntilOf(document, now)
        if (neededUntil > now) await store.keepDocument(document.id, neededUntil)
        else if (await deleteWholeDocument(store, document.id, () => stopped)) deleted += 1
      }
    } while (due.length === DOCUMENTS_MAX && !stopped)
    if (deleted > 0) log.info({ documents: deleted }, 'documents that nobody needs any more were deleted')
  }

  function neededUntilOf({ hasJob, jobFinishedAt }: DueDocument, now: number): number {
    if (!hasJob) return now
    return jobFinishedAt === null ? now + ORPHAN_AFTER_MS : jobFinishedAt + retentionMs
  }

  async function sweepAndWait(): Promise<void> {
    try {
      await sweep()
    } catch (error) {
      log.error({ err: error }, 'documents could not be deleted')
    }
    if (!stopped) cancelTimer = clock.after(LOOK_MS, start)
  }

  function start(): void {
    sweeping = sweepAndWait()
  }

  return {
    start,
    swept: () => sweeping,
    async stop() {
      stopped = true
      cancelTimer()
      await sweeping
    },
  }
}
