import type net from 'node:net'

/** The proxy that webhooks leave through; `RINGBACK_WEBHOOK_PROXY`. */
export interface EgressProxy {
  /** `http`: by `CONNECT` (RFC 9110 section 9.3.6); `socks5`: RFC 1928. */
  readonly protocol: 'http' | 'socks5'
  readonly hostname: string
  readonly port: number
  /** Null when it asks for none. */
  readonly credentials: { readonly user: string; readonly password: string } | null
  /** Hosts that are reached past it, in lower case; `.domain` for all names below one. */
  readonly except: readonly string[]
}

/** What a tunnel leads to: an address that was judged, never a name. */
export interface TunnelTarget {
  readonly address: string
  readonly port: number
}

/** What whoever asks for a tunnel lets it know. */
export interface Asking {
  /** To be called when the proxy has said something. */
  readonly answered: () => void
  /** The deadline of the connection, in milliseconds: whoever asks has given up after it, and nobody has to before. */
  readonly timeoutMs: number
}

/** How a tunnel is asked for on a connection to the proxy. */
export type OpenTunnel = (
  socket: net.Socket,
  proxy: EgressProxy,
  target: TunnelTarget,
  asking: Asking,
) => Promise<net.Socket>
