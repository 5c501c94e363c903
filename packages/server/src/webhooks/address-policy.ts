import ipaddr from 'ipaddr.js'
import { classifyAddress, contains, type Network, parseAddress, unmap } from './address-ranges.ts'

export type AddressVerdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      /** What the address is, in words: `loopback`, `private network`. */
      readonly range: string
      /** The CIDR block that `RINGBACK_ALLOW_PRIVATE_TARGETS` would have to contain; empty when there is none. */
      readonly cidr: string
    }

export interface AddressPolicy {
  /** Decides about one address in canonical form, as DNS and sockets give it. */
  judge(address: string): AddressVerdict
}

/** IPv4-mapped IPv6 addresses are 96 bits of prefix and an IPv4 address. */
const MAPPED_PREFIX_LENGTH = 96

/**
 * Reads one entry of `RINGBACK_ALLOW_PRIVATE_TARGETS`: a CIDR block, or one address. A block of IPv4-mapped IPv6
 * addresses is the IPv4 block it maps.
 * @throws Error whose message says what is wrong with the text
 */
export function parseAllowedNetwork(text: string): Network {
  const [addressText = '', prefixText, ...rest] = text.trim().split('/')
  const address = parseAddress(addressText)
  if (address === null || addressText.includes('%') || rest.length > 0) {
    throw new Error(`"${text}" is not a CIDR block; write one such as 10.0.0.0/8 or ::1/128`)
  }
  const bitsMax = address instanceof ipaddr.IPv4 ? 32 : 128
  const prefixLength = prefixText === undefined ? bitsMax : /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : Infinity
  if (prefixLength > bitsMax) throw new Error(`"${text}" has a prefix that is not a number from 0 to ${bitsMax}`)

  const network =
    address instanceof ipaddr.IPv4
      ? ipaddr.IPv4.networkAddressFromCIDR(`${address.toString()}/${prefixLength}`)
      : ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/${prefixLength}`)
  if (network.toString() !== address.toString()) {
    throw new Error(
      `"${text}" has bits set behind its prefix; write ${network.toString()}/${prefixLength} for the whole block or ` +
        `${address.toString()}/${bitsMax} for the one address`,
    )
  }
  if (network instanceof ipaddr.IPv6 && network.isIPv4MappedAddress() && prefixLength >= MAPPED_PREFIX_LENGTH) {
    return [network.toIPv4Address(), prefixLength - MAPPED_PREFIX_LENGTH]
  }
  return [network, prefixLength]
}

/**
 * Decides which addresses webhooks may reach: every public one, and those inside an allowed block. A block opens exactly
 * what it names. An IPv4 block also opens the IPv4-mapped IPv6 form of its addresses, because a connection to that form
 * reaches the same host; it never opens forms that only a gateway translates (NAT64, 6to4, IPv4-compatible), and an
 * IPv6 block never opens IPv4.
 * @throws Error when an entry is not a CIDR block
 */
export function createAddressPolicy(options: { readonly allowPrivateTargets: readonly string[] }): AddressPolicy {
  const allowed = options.allowPrivateTargets.map(parseAllowedNetwork)
  return {
    judge(text) {
      const addressClass = classifyAddress(text)
      if (addressClass.public) return { allowed: true }
      const parsed = parseAddress(text)
      const address = parsed && unmap(parsed)
      if (address && allowed.some((network) => contains(network, address))) return { allowed: true }
      return { allowed: false, range: addressClass.range, cidr: addressClass.cidr }
    },
  }
}
