/** Lets work in as long as what is in stays below a limit; the others wait. Accounts take turns, each in its own order. */
export interface FairGate {
  /**
   * Resolves when there is room for so much, and gives the function that makes the room again. More than the limit
   * has room when nobody else is in.
   * @throws the signal's reason when it aborts while waiting
   */
  enter(accountId: string, size: number, signal: AbortSignal): Promise<() => void>
}

interface Entry {
  readonly size: number
  readonly letIn: () => void
}

/** @param sizeMax of all that is in together: bytes, or anything else that is counted */
export function createFairGate(sizeMax: number): FairGate {
  /** By account, none of them empty; the account whose turn it is comes first. */
  const waiting = new Map<string, Set<Entry>>()
  let sizeIn = 0

  function letWaitingIn(): void {
    // A new account goes to the end, and so does one that was let in: the walk over the map comes to both.
    for (const [accountId, entries] of waiting) {
      const [entry] = entries
      // Whose turn it is must not be overtaken by what is smaller: the large ones would wait for ever.
      if (!entry || (sizeIn > 0 && sizeIn + entry.size > sizeMax)) return
      entries.delete(entry)
      waiting.delete(accountId)
      if (entries.size > 0) waiting.set(accountId, entries)
      sizeIn += entry.size
      entry.letIn()
    }
  }

  function forget(accountId: string, entry: Entry): boolean {
    const entries = waiting.get(accountId)
    if (!entries?.delete(entry)) return false
    if (entries.size === 0) waiting.delete(accountId)
    return true
  }

  return {
    async enter(accountId, size, signal) {
      signal.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const entry = { size, letIn: resolve }
      waiting.set(accountId, (waiting.get(accountId) ?? new Set<Entry>()).add(entry))
      const giveUp = () => {
        // Who is in already learns of the abort elsewhere.
        if (!forget(accountId, entry)) return
        reject(signal.reason)
        letWaitingIn()
      }
      signal.addEventListener('abort', giveUp, { once: true })
      letWaitingIn()
      await promise.finally(() => signal.removeEventListener('abort', giveUp))
      let left = false
      return () => {
        if (left) return
        left = true
        sizeIn -= size
        letWaitingIn()
      }
    },
  }
}
