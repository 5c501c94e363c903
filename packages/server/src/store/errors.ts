/**
 * The database cannot take the call now: disk full, gone, or busy for too long. Nothing was written; the same call can
 * succeed later. Every other error of a store is a bug.
 */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError'
}
