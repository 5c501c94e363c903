import type { Store, WorkKind } from '../store.ts'

/** Resolves when the store tells of work of this kind. */
export function heardWork(store: Store, kind: WorkKind): Promise<void> {
  return new Promise((resolve) => {
    const end = store.onWork((heard) => {
      if (heard !== kind) return
      end()
      resolve()
    })
  })
}
