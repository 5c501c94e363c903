/** Lets work in as long as what it holds in memory stays below a limit; the others wait in the order they came. */
export interface ByteGate {
  /**
   * Resolves when there is room for so many bytes, and gives the function that makes the room again. More than the limit
   * has room when nobody else is in.
   * @throws the signal's reason when it aborts while waiting
   */
  enter(bytes: number, signal: AbortSignal): Promise<() => void>
}

export function createByteGate(bytesMax: number): ByteGate {
  const waiting = new Set<{ readonly size: number; readonly letIn: () => void }>()
  let bytesIn = 0

  function letWaitingIn(): void {
    for (const entry of waiting) {
      if (bytesIn > 0 && bytesIn + entry.size > bytesMax) return
      waiting.delete(entry)
      bytesIn += entry.size
      entry.letIn()
    }
  }

  return {
    async enter(bytes, signal) {
      signal.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const entry = { size: bytes, letIn: resolve }
      waiting.add(entry)
      const giveUp = () => {
        // Who is in already learns of the abort elsewhere.
        if (!waiting.delete(entry)) return
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
        bytesIn -= bytes
        letWaitingIn()
      }
    },
  }
}
