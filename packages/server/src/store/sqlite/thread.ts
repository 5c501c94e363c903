import { Worker } from 'node:worker_threads'

/**
 * The thread of an embedded database (`worker.ts`), which opens nothing before it is told which file. A server starts it
 * first of all: it loads its modules on the other core while the server loads its own (measured: ready 0.2 s earlier).
 */
export type StoreThread = Worker

export function startStoreThread(): StoreThread {
  return new Worker(new URL('./worker.ts', import.meta.url))
}
