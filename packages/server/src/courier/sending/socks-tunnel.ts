import { checkOpen, ProxyError } from './proxy-error.ts'
import type { OpenTunnel } from './tunnel.ts'

/**
 * Replies that speak of the receiver (RFC 1928 section 6), by the names that the library gives them: they count like the
 * same failure of a straight connection. All other replies are about the proxy, its rules or its own network.
 */
const RECEIVER_REPLIES: Readonly<Record<string, { code: string; message: string }>> = {
  HostUnreachable: { code: 'EHOSTUNREACH', message: 'the egress proxy cannot reach the host' },
  ConnectionRefused: { code: 'ECONNREFUSED', message: 'the receiver refused the connection of the egress proxy' },
  TTLExpired: { code: 'ETIMEDOUT', message: 'the egress proxy got no answer from the host' },
}

/** Replies of a proxy that has no way to this family of addresses: IPv6, mostly. */
const FAMILY_REPLIES = new Set(['NetworkUnreachable', 'AddressNotSupported'])

/** How the library ends its text about a reply: `… - ConnectionRefused`. */
const REPLY = /^Socks5 proxy rejected connection - (\w+)$/

/**
 * Asks a SOCKS5 proxy for a tunnel to an address (RFC 1928), with user and password when they are set (RFC 1929).
 * @throws ProxyError; an error with the code of a straight connection when the proxy says that the receiver failed
 */
export const openSocksTunnel: OpenTunnel = async (
  socket,
  { hostname, port, credentials },
  target,
  { answered, timeoutMs },
) => {
  // Loaded when there is a proxy: see `http/register-route.ts`.
  const { SocksClient } = await import('socks')
  checkOpen(socket)
  try {
    const opening = SocksClient.createConnection({
      command: 'connect',
      existing_socket: socket,
      proxy: {
        host: hostname,
        port,
        type: 5,
        ...(credentials && { userId: credentials.user, password: credentials.password }),
      },
      destination: { host: target.address, port: target.port },
      // The library's own is 30 s, and would make a receiver that hangs for longer the proxy's fault.
      timeout: timeoutMs,
    })
    // The first answer is to the greeting, before the proxy knows of the receiver.
    socket.once('data', answered)
    await opening
    return socket
  } catch (error) {
    // Never the error itself: it carries the options, and with them the password.
    throw meaningOf((error as Error).message)
  }
}

function meaningOf(text: string): Error {
  const reply = REPLY.exec(text)?.[1]
  const ofReceiver = reply === undefined ? undefined : RECEIVER_REPLIES[reply]
  if (ofReceiver) return Object.assign(new Error(ofReceiver.message), { code: ofReceiver.code })
  if (reply === undefined) return new ProxyError(`the egress proxy failed: ${text}`)
  return new ProxyError(`the egress proxy refused: ${reply}`, { onlyThisAddress: FAMILY_REPLIES.has(reply) })
}
