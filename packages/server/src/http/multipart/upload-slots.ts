import { AppError } from '../../lib/errors.ts'

/**
 * Uploads of one account at once. Each holds some 300 KB for as long as its client takes, which may be minutes: without
 * this limit the slow ones of one account fill the memory that is there for all.
 */
const UPLOADS_AT_ONCE_MAX = 100

/** What to ask of a client that comes too many: an upload of a usual size takes about as long. */
const RETRY_AFTER_SECONDS = 2

/** Counts the uploads of each account that are under way in this process. */
export interface UploadSlots {
  /**
   * Takes a slot; gives what must be called once when the upload has been read, or has failed.
   * @throws AppError `request.rate_limited` when the account has none left
   */
  take(accountId: string): () => void
}

export function createUploadSlots(): UploadSlots {
  const underWay = new Map<string, number>()
  return {
    take(accountId) {
      const count = underWay.get(accountId) ?? 0
      if (count >= UPLOADS_AT_ONCE_MAX) throw tooMany()
      underWay.set(accountId, count + 1)
      return () => {
        const left = (underWay.get(accountId) ?? 0) - 1
        if (left > 0) underWay.set(accountId, left)
        else underWay.delete(accountId)
      }
    },
  }
}

function tooMany(): AppError {
  return new AppError('request.rate_limited', {
    detail: `The account sends ${UPLOADS_AT_ONCE_MAX} files or more at once. Try again in ${RETRY_AFTER_SECONDS} s.`,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  })
}
