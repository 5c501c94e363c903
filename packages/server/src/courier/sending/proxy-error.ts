import type { Socket } from 'node:net'

/** The proxy did not let us through: ours to mend, and nothing that the receiver did. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError'
  /** The proxy works, but not towards this address: another one of the same name may do. */
  readonly onlyThisAddress: boolean

  constructor(message: string, { onlyThisAddress = false } = {}) {
    super(message)
    this.onlyThisAddress = onlyThisAddress
  }
}

/**
 * To be asked before somebody begins to listen to a socket: one that has closed says so to nobody any more.
 * @throws ProxyError
 */
export function checkOpen(socket: Socket): void {
  if (socket.destroyed) throw new ProxyError('the egress proxy closed the connection')
}
