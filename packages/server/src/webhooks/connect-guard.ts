import type { LookupAddress, LookupOptions } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { AddressPolicy, AddressVerdict } from './address-policy.ts'
import type { NameResolver } from './name-resolver.ts'
import { bareHost, hostKindOf } from './target-url.ts'

/** A connection was stopped because its address is not one that webhooks may reach. */
export class BlockedAddressError extends Error {
  override readonly name = 'BlockedAddressError'
  readonly code = 'ERR_BLOCKED_ADDRESS'
  /** The address that was refused. Not in the message: who may only know a name should not learn it from us. */
  readonly address: string
  /** What the address is, in words. */
  readonly range: string

  constructor(hostname: string, address: string, range: string) {
    super(`${hostname} leads to an address that is not public (${range})`)
    this.address = address
    this.range = range
  }
}

export interface ConnectGuard {
  /**
   * To be called before a connection to a host: sockets skip `lookup` for an address. Names pass.
   * @throws BlockedAddressError
   */
  checkConnectLiteral(hostname: string): void
  /**
   * `lookup` for `net.connect` and `tls.connect`. Resolves the name itself, refuses when **any** of its addresses is not
   * allowed, and hands on exactly the addresses it judged, so a name that changes between check and connect gains nothing.
   */
  lookup: LookupFunction
  /**
   * To be asked with `socket.remoteAddress` once connected, before a byte is sent: the last word, whatever came before.
   * A socket without an address is refused.
   */
  judgeRemote(address: string | undefined): AddressVerdict
}

/** What `localhost` names are, without asking anybody (RFC 6761, 6.3): DNS cannot turn them into something else. */
export const LOCALHOST_ADDRESSES: readonly string[] = ['127.0.0.1', '::1']

/** The checks of a connection, for the courier. */
export function createConnectGuard(policy: AddressPolicy, resolver: NameResolver): ConnectGuard {
  function check(hostname: string, address: string) {
    const verdict = policy.judge(address)
    if (!verdict.allowed) throw new BlockedAddressError(hostname, address, verdict.range)
  }

  async function allowedAddresses(hostname: string): Promise<readonly string[]> {
    if (hostKindOf(hostname) === 'localhost') {
      const allowed = LOCALHOST_ADDRESSES.filter((address) => policy.judge(address).allowed)
      if (allowed.length === 0) check(hostname, LOCALHOST_ADDRESSES[0] as string)
      return allowed
    }
    const addresses = await resolver.resolve(hostname)
    for (const address of addresses) check(hostname, address)
    return addresses
  }

  async function lookupAll(hostname: string, options: LookupOptions): Promise<LookupAddress[]> {
    const found = (await allowedAddresses(hostname)).map((address) => ({ address, family: isIP(address) }))
    const family = familyOf(options)
    const wanted = family === 0 ? found : found.filter((entry) => entry.family === family)
    if (wanted.length > 0) return wanted
    throw Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND', hostname })
  }

  return {
    checkConnectLiteral(hostname) {
      if (hostKindOf(hostname) === 'address') check(hostname, bareHost(hostname))
    },
    lookup(hostname, options, callback) {
      // The callback runs outside of the promise: what it throws is the caller's, not a failed lookup.
      lookupAll(hostname, options).then(
        (addresses) => {
          const [first] = addresses as [LookupAddress]
          if (options.all) process.nextTick(callback, null, addresses)
          else process.nextTick(callback, null, first.address, first.family)
        },
        (error) => process.nextTick(callback, error, options.all ? [] : ''),
      )
    },
    judgeRemote: (address) => policy.judge(address ?? ''),
  }
}

function familyOf(options: LookupOptions): 0 | 4 | 6 {
  if (options.family === 4 || options.family === 'IPv4') return 4
  return options.family === 6 || options.family === 'IPv6' ? 6 : 0
}
