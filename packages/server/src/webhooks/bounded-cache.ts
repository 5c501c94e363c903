/** A map that forgets its oldest entries when it is full. */
export interface BoundedCache<Key, Value> {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): void
  delete(key: Key): void
  readonly size: number
}

/**
 * Keeps at most `entriesMax` entries in two halves: when the young half is full it becomes the old one, and what was in
 * the old one and not asked for since is forgotten. Nearly an LRU, but a hit in the young half, which is what the hot
 * path does, is one lookup and moves nothing.
 */
export function createBoundedCache<Key, Value>(entriesMax: number): BoundedCache<Key, Value> {
  const halfMax = Math.max(1, Math.floor(entriesMax / 2))
  let young = new Map<Key, Value>()
  let old = new Map<Key, Value>()

  function set(key: Key, value: Value) {
    if (young.size >= halfMax && !young.has(key)) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }

  return {
    get(key) {
      const value = young.get(key)
      if (value !== undefined) return value
      const oldValue = old.get(key)
      if (oldValue !== undefined) {
        old.delete(key)
        set(key, oldValue)
      }
      return oldValue
    },
    set(key, value) {
      old.delete(key)
      set(key, value)
    },
    delete(key) {
      young.delete(key)
      old.delete(key)
    },
    get size() {
      return young.size + old.size
    },
  }
}
