import type net from 'node:net'

/** Resolves when the event comes; destroys the socket when an error or the signal comes first. */
export function settled<Value>(
  socket: net.Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  value: () => Value,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      signal.removeEventListener('abort', onAbort)
      socket.destroy()
      reject(error)
    }
    const onAbort = () => fail(signal.reason as Error)
    socket.on('error', fail)
    socket.once(event, () => {
      try {
        const result = value()
        signal.removeEventListener('abort', onAbort)
        resolve(result)
      } catch (error) {
        fail(error as Error)
      }
    })
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}
