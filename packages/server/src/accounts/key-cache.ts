import type { ApiKeyScope } from '@ringback/contract'
import type { Clock } from '../lib/clock.ts'

/** How long a key that was revoked in another process may go on working in this one. */
const ENTRY_AGE_MS_MAX = 1_000

/** Keys in use at once that stay cached; an entry is some 200 bytes. */
const ENTRIES_MAX = 10_000

/** What a valid key tells. */
export interface KeyOwner {
  readonly keyId: string
  readonly accountId: string
  /** The rate limit of the account; null: the server's. */
  readonly requestsPerMinute: number | null
  /** What it may do. */
  readonly scopes: readonly ApiKeyScope[]
}

export interface KeyCache {
  /** The owner, if it was looked up less than a second ago. */
  get(hash: string): KeyOwner | null
  put(hash: string, owner: KeyOwner): void
  /** Forgets a key at once, when it is revoked in this process. */
  forget(keyId: string): void
}

/**
 * Remembers which keys were valid a moment ago, by hash, so that a busy client costs one look-up a second. Only keys
 * that exist are remembered: guesses cost the guesser's own look-ups and can push nothing out.
 */
export function createKeyCache(clock: Clock): KeyCache {
  const entries = new Map<string, { owner: KeyOwner; readAtMs: number }>()
  return {
    get(hash) {
      const entry = entries.get(hash)
      return entry && clock.monotonicMs() - entry.readAtMs < ENTRY_AGE_MS_MAX ? entry.owner : null
    },
    put(hash, owner) {
      // Oldest first: a Map keeps the order of insertion.
      entries.delete(hash)
      if (entries.size >= ENTRIES_MAX) entries.delete(entries.keys().next().value as string)
      entries.set(hash, { owner, readAtMs: clock.monotonicMs() })
    },
    forget(keyId) {
      for (const [hash, { owner }] of entries) if (owner.keyId === keyId) entries.delete(hash)
    },
  }
}
