import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** A network in the form that ipaddr.js matches with. */
export type Network = readonly [address: ipaddr.IPv4 | ipaddr.IPv6, prefixLength: number]

/** What an address is: public, or in a range that a webhook must not reach. */
export type AddressClass =
  | { readonly public: true }
  | {
      readonly public: false
      /** What the range is for, in words. */
      readonly range: string
      /** The whole range as a CIDR block, to name in a setting. */
      readonly cidr: string
    }

/**
 * Not public although it is IPv4. After IANA's special-purpose registry; the few assignments in it that are routed
 * everywhere (AS112, AMT, anycast relays) are refused too, because no receiver lives there. The more exact block stands
 * first.
 */
const IPV4_RANGES = rangeTable([
  ['0.0.0.0/8', 'this network'],
  ['10.0.0.0/8', 'private network'],
  ['100.64.0.0/10', 'carrier-grade NAT'],
  ['127.0.0.0/8', 'loopback'],
  // Azure answers its virtual machines here with their credentials; outside Azure nobody does.
  ['168.63.129.16/32', 'cloud platform service'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private network'],
  ['192.0.0.0/24', 'IETF protocol assignments'],
  ['192.0.2.0/24', 'documentation'],
  ['192.31.196.0/24', 'AS112'],
  ['192.52.193.0/24', 'multicast tunnels'],
  ['192.88.99.0/24', '6to4 relay'],
  ['192.168.0.0/16', 'private network'],
  ['192.175.48.0/24', 'AS112'],
  ['198.18.0.0/15', 'benchmarking'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['255.255.255.255/32', 'broadcast'],
  ['240.0.0.0/4', 'reserved'],
])

/** Ranges that carry an IPv4 address inside are refused whatever is inside: a gateway would turn them back. */
const IPV6_RANGES = rangeTable([
  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  ['::/96', 'IPv4-compatible'],
  ['::ffff:0:0:0/96', 'IPv4-translated'],
  ['64:ff9b::/96', 'NAT64'],
  ['64:ff9b:1::/48', 'local NAT64'],
  ['100::/64', 'discard'],
  ['100:0:0:1::/64', 'dummy prefix'],
  ['2001::/32', 'Teredo'],
  ['2001:2::/48', 'benchmarking'],
  ['2001:10::/28', 'ORCHID'],
  ['2001:20::/28', 'ORCHIDv2'],
  ['2001:db8::/32', 'documentation'],
  ['2001::/23', 'IETF protocol assignments'],
  ['2002::/16', '6to4'],
  ['2620:4f:8000::/48', 'AS112'],
  ['3fff::/20', 'documentation'],
  ['5f00::/16', 'segment routing'],
  ['fc00::/7', 'unique local'],
  ['fe80::/10', 'link-local'],
  ['fec0::/10', 'site-local'],
  ['ff00::/8', 'multicast'],
])

/** The only part of IPv6 that is handed out for public use (RFC 4291, IANA). */
const IPV6_GLOBAL_UNICAST: Network = ipaddr.parseCIDR('2000::/3')

function rangeTable(rows: readonly (readonly [cidr: string, range: string])[]) {
  return rows.map(([cidr, range]) => ({ cidr, range, network: ipaddr.parseCIDR(cidr) as Network }))
}

/**
 * Reads an IP address as `node:net` knows it; null for everything else, so short, octal and hexadecimal forms, which
 * programs read in different ways, are never guessed at here.
 */
export function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const version = isIP(text)
  if (version === 0) return null
  return ipaddr.parse(version === 6 && text.includes('.') ? withoutDottedPart(text) : text)
}

/** The address that the kernel connects to: an IPv4-mapped IPv6 address (`::ffff:10.0.0.1`) becomes the IPv4 one. */
export function unmap(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}

/**
 * Writes `::8.8.8.8` as `::808:808`. ipaddr.js reads the dotted form of an IPv4-compatible address as an IPv4-mapped
 * one, and would judge by the wrong rule; resolvers print just that form.
 */
function withoutDottedPart(ipv6: string): string {
  const [address = '', zone] = ipv6.split('%')
  const hexadecimal = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  return zone === undefined ? hexadecimal : `${hexadecimal}%${zone}`
}

/** Whether the network contains the address; addresses of the other family are never inside. */
export function contains([network, prefixLength]: Network, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address instanceof ipaddr.IPv4) return network instanceof ipaddr.IPv4 && address.match(network, prefixLength)
  return network instanceof ipaddr.IPv6 && address.match(network, prefixLength)
}

/**
 * Says what kind of address a text is. Public means globally routed unicast: an IPv4 address outside every special
 * range, or an IPv6 address inside 2000::/3 and outside every special range. What is no address at all is not public.
 */
export function classifyAddress(text: string): AddressClass {
  const parsed = parseAddress(text)
  if (parsed === null) return { public: false, range: 'not an IP address', cidr: '' }
  const address = unmap(parsed)
  const ranges = address instanceof ipaddr.IPv4 ? IPV4_RANGES : IPV6_RANGES
  const found = ranges.find(({ network }) => contains(network, address))
  if (found)
    return { public: false, range: address === parsed ? found.range : `${found.range}, IPv4-mapped`, cidr: found.cidr }
  if (address instanceof ipaddr.IPv6 && !contains(IPV6_GLOBAL_UNICAST, address)) {
    return { public: false, range: 'outside of global unicast', cidr: `${address.toRFC5952String()}/128` }
  }
  return { public: true }
}
