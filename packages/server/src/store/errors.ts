/**
 * The database cannot take the call now: disk full, gone, or busy for too long. The same call can succeed later. Nothing
 * was written, unless the connection broke between the commit and the answer, which nobody can tell from here. Every
 * other error of a store is a bug.
 */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError'
}
